"""The workspace's side of its worker process: starts it, gives it tasks one by one, kills it, replaces it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LONGEST_ANSWER = 64 * 1024


class WorkerLostError(Exception):
    """The worker process died before it answered."""


class TaskFailedError(Exception):
    """The task's entry point raised; the text is the type of the error and its stable code."""


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    """How a worker process is started; `python` is the one of an environment that has Spark."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    python: str = sys.executable


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """What the worker is to run: `target` is `module:function`, `log` takes all that it prints."""

    task_key: str
    entry_point: str
    target: str
    arguments: list[str]
    log: str


class WarmWorker:
    """Keeps one worker process ready. Tasks of all runs take their turn on it."""

    def __init__(self, command: WorkerCommand) -> None:
        self._command = command
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._ready: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The worker's process id while it is there."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def warm_up(self) -> None:
        """Begins to start a worker unless one is there or on its way."""
        if self._ready is None or (self._ready.done() and self.pid is None):
            self._ready = asyncio.create_task(self._start())
            self._ready.add_done_callback(_retrieve)

    async def execute(self, request: TaskRequest) -> None:
        """Runs one task to its end. TaskFailedError, WorkerLostError; cancelling kills the worker under the task."""
        async with self._turn:
            process = await self._ready_process()
            assert process.stdin is not None
            try:
                process.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
                answer = await self._answer(process)
            except (asyncio.CancelledError, WorkerLostError, ConnectionError):
                await _kill(process)
                raise
        if answer["outcome"] != "succeeded":
            code = f" ({answer['code']})" if answer["code"] else ""
            raise TaskFailedError(f"{answer['error']}{code}")

    async def stop(self) -> None:
        """Ends the worker and everything it started."""
        for task in (self._watch, self._ready):
            if task:
                task.cancel()
        if self._process:
            await _kill(self._process)

    async def _ready_process(self) -> Process:
        self.warm_up()
        assert self._ready is not None
        await asyncio.shield(self._ready)
        assert self._process is not None
        return self._process

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            self._command.python,
            "-m",
            "local.databricks_workspace.worker",
            *self._command.arguments,
            stdin=PIPE,
            stdout=PIPE,
            env=self._command.environment,
            cwd=self._command.folder,
            limit=LONGEST_ANSWER,
            start_new_session=True,
        )
        await self._answer(self._process)
        self._watch = asyncio.create_task(self._replace_when_gone(self._process))

    async def _replace_when_gone(self, process: Process) -> None:
        """A worker that was ready once is replaced at once; one that never was waits for the next task to try again."""
        await process.wait()
        self.warm_up()

    async def _answer(self, process: Process) -> dict[str, str]:
        assert process.stdout is not None
        line = await process.stdout.readline()
        if not line:
            raise WorkerLostError("the worker died")
        answer: dict[str, str] = json.loads(line)
        return answer


def _retrieve(start: asyncio.Task[None]) -> None:
    """Takes note of a failed start, which the next task reports."""
    if not start.cancelled():
        start.exception()


async def _kill(process: Process) -> None:
    """Kills the worker's whole group: its Java process is in it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
