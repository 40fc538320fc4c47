"""The certificates this Python trusts, in the form a JVM reads: a JVM knows nothing of SSL_CERT_FILE."""

import hashlib
import ssl
import struct
from collections.abc import Sequence
from pathlib import Path

PASSWORD = "changeit"  # noqa: S105 - Java's own default; it seals the file, there is nothing secret in it
MAGIC, VERSION, TRUSTED_CERTIFICATE = 0xFEEDFEED, 2, 2


def trust_store_options(folder: Path) -> list[str]:
    """JVM options for a trust store written into `folder`; none, and Java's own, where Python lists no certificate."""
    certificates = ssl.create_default_context().get_ca_certs(binary_form=True)
    if not certificates:
        return []
    store = folder / "trusted.jks"
    folder.mkdir(parents=True, exist_ok=True)
    store.write_bytes(java_key_store(certificates))
    return [
        f"-Djavax.net.ssl.trustStore={store}",
        "-Djavax.net.ssl.trustStoreType=JKS",
        f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
    ]


def java_key_store(certificates: Sequence[bytes]) -> bytes:
    """DER certificates as a Java KeyStore (JKS) of trusted certificates.

    Layout: magic, version, count; for each entry its tag, alias, creation time, certificate type and bytes; then a
    SHA-1 over password, a fixed phrase and all of that, as `sun.security.provider.JavaKeyStore` writes it.
    """
    body = struct.pack(">III", MAGIC, VERSION, len(certificates))
    for number, certificate in enumerate(certificates):
        entry = struct.pack(">I", TRUSTED_CERTIFICATE) + _text(f"authority-{number}") + struct.pack(">Q", 0)
        body += entry + _text("X.509") + struct.pack(">I", len(certificate)) + certificate
    seal = hashlib.sha1(PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body, usedforsecurity=False)
    return body + seal.digest()


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()
