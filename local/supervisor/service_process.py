"""One service as a child process: spawn, wait until it is ready, stop, kill."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.supervisor.errors import WorldError
from local.supervisor.service import REPOSITORY

START_SECONDS = 90.0
STOP_SECONDS = 25.0  # above a service's own hard stop
LOG_TAIL = 2000


class ServiceProcess:
    """Runs in a session of its own, so that Ctrl-C reaches the supervisor only and a kill reaches its children too."""

    def __init__(self, name: str, command: Sequence[str], log: Path, ready_file: Path) -> None:
        self.name = name
        self._command = command
        self._log = log
        self._ready_file = ready_file
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def has_ended(self) -> bool:
        """True if the process was started and ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def spawn(self) -> None:
        """Starts the process, in place of one that has ended. Its standard input stays open as long as this lives."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._ready_file.unlink(missing_ok=True)
        self._ready_file.parent.mkdir(parents=True, exist_ok=True)
        self._log.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._process = self._popen()
        except FileNotFoundError:
            raise WorldError(f"{self.name}: {self._command[0]} is not there; `make set-up` makes it") from None

    def _popen(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                cwd=REPOSITORY,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> dict[str, Any] | None:
        """What the process now running wrote when it listened; None before."""
        try:
            written: dict[str, Any] = json.loads(self._ready_file.read_text())
        except FileNotFoundError:
            return None
        return written if written["pid"] == self.pid else None

    def wait_until_ready(self) -> dict[str, Any]:
        """Waits for the ready file. WorldError with the end of the log if the process ends before, or is too slow."""
        deadline = time.monotonic() + START_SECONDS
        while (ready := self.ready()) is None:
            if self.has_ended or time.monotonic() > deadline:
                raise WorldError(f"{self.name} did not start. {self._log} ends:\n{self._log_tail()}")
            time.sleep(0.02)
        return ready

    def stop(self) -> None:
        """Asks to stop and waits; kills what does not."""
        process = self._process
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """kill -9 of the process and of all it started."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
        self._process = None

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-LOG_TAIL:]
