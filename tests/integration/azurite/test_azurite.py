"""Azurite under our launcher: what it keeps, and that it never stays behind."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from azure.storage.blob import BlobServiceClient

pytestmark = pytest.mark.integration

REPOSITORY = Path(__file__).resolve().parents[3]


@contextmanager
def azurite(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The launcher's process and the connection string it announced."""
    command = [sys.executable, "-m", "local.azurite", "--location", str(folder / "blobs"), "--exit-with-parent"]
    command += ["--ready-file", str(folder / "ready.json")]
    (folder / "ready.json").unlink(missing_ok=True)
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as launcher:
        while not (folder / "ready.json").exists():
            assert launcher.poll() is None
            time.sleep(0.02)
        yield launcher, json.loads((folder / "ready.json").read_text())["connection_string"]


def test_a_clean_stop_keeps_the_last_write(tmp_path: Path) -> None:
    with azurite(tmp_path) as (launcher, connection_string):
        with BlobServiceClient.from_connection_string(connection_string) as blobs:
            blobs.create_container("kept").upload_blob("a.txt", b"last").close()
        launcher.terminate()
        assert launcher.wait(20) == 0
    with azurite(tmp_path) as (launcher, connection_string):
        with BlobServiceClient.from_connection_string(connection_string) as blobs:
            assert blobs.get_blob_client("kept", "a.txt").download_blob().readall() == b"last"
        launcher.terminate()


@pytest.mark.parametrize(
    "end", [lambda launcher: launcher.send_signal(signal.SIGKILL), lambda launcher: launcher.stdin.close()]
)
def test_node_does_not_outlive_its_launcher(tmp_path: Path, end: Callable[[subprocess.Popen[bytes]], None]) -> None:
    with azurite(tmp_path) as (launcher, _):
        (node,) = psutil.Process(launcher.pid).children()
        end(launcher)
    node.wait(timeout=20)
    assert not node.is_running()
