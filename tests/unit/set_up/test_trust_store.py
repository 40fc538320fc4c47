"""A JVM can read the certificates Python trusts."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from local.set_up.trust_store import PASSWORD, java_key_store

KEYTOOL = shutil.which("keytool")


@pytest.mark.skipif(KEYTOOL is None, reason="Java's keytool is not on the PATH")
def test_javas_own_tool_finds_every_certificate_in_the_store(tmp_path: Path) -> None:
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)[:3]
    store = tmp_path / "trusted.jks"
    store.write_bytes(java_key_store(certificates))
    listed = subprocess.run(
        [str(KEYTOOL), "-list", "-keystore", store, "-storepass", PASSWORD], capture_output=True, text=True, check=True
    )
    assert listed.stdout.count("trustedCertEntry") == len(certificates) == 3
