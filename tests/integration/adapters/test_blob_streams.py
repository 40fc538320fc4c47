"""Large blobs pass through the adapter in bounded memory, and none of their names reaches a log."""

import logging
import subprocess
import sys
from uuid import uuid4

import pytest

from local.supervisor.service import REPOSITORY
from shared.adapters.azure_blob import AzureBlobStore
from shared.errors import VersionChangedError
from shared.settings import Endpoint

pytestmark = [pytest.mark.integration, pytest.mark.slow]

MEBIBYTE = 1024 * 1024

# By what the resident memory of a fresh process grows, in bytes, while it writes and reads a blob of 256 MiB.
GROWTH = """
import resource, sys
from shared.adapters.azure_blob import AzureBlobStore
from shared.settings import Endpoint

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

store = AzureBlobStore(Endpoint(sys.argv[1], ""))
store.describe("bronze", sys.argv[2])
before = peak()
piece = bytes(range(256)) * 4096
with store.stage("bronze", sys.argv[2]) as sink:
    for _ in range(256):
        sink.write(piece)
assert sum(map(len, store.read("bronze", sys.argv[2]))) == 256 * len(piece)
print(peak() - before)
"""


@pytest.fixture
def store(azurite: str) -> AzureBlobStore:
    return AzureBlobStore(Endpoint(azurite, ""))


def test_a_large_blob_is_written_and_read_in_a_few_blocks_of_memory(azurite: str) -> None:
    said = subprocess.check_output([sys.executable, "-c", GROWTH, azurite, uuid4().hex], cwd=REPOSITORY)
    assert int(said) < 40 * MEBIBYTE


def test_no_log_of_the_sdk_names_a_blob(store: AzureBlobStore, caplog: pytest.LogCaptureFixture) -> None:
    name = f"smith-{uuid4().hex}"
    with caplog.at_level(logging.INFO):
        store.create("landing", name, b"x")
        version = store.describe("landing", name)
        assert version is not None
        with pytest.raises(VersionChangedError):
            list(store.read("landing", name, "0xDEAD"))
    assert "smith" not in caplog.text
