"""Every call of a function goes through here: a time limit, one log line for its outcome, and a count of what runs."""

import asyncio
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Literal

from local.host import worker
from local.host.function import IndexedFunction
from local.host.protos import TypedData
from local.host.worker import FunctionFailedError, TriggerInput

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended; `value` is what the function returned."""

    status: Literal["succeeded", "failed", "timed_out"]
    value: TypedData | None = None
    error_type: str = ""
    frames: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return self.status == "succeeded"


class Invocations:
    """Invokes functions within host.json's time limit.

    A function that passes its limit counts as failed and goes on running: a thread cannot be stopped. (Azure's host
    restarts the worker process instead.)
    """

    def __init__(self, time_limit: float | None) -> None:
        """`time_limit` in seconds; None is unbounded."""
        self._time_limit = time_limit
        self._running: set[asyncio.Task[Outcome]] = set()

    @property
    def running_count(self) -> int:
        return len(self._running)

    async def invoke(
        self, function: IndexedFunction, trigger: TriggerInput, answer_within: float | None = None
    ) -> Outcome:
        """Invokes and waits, at most `answer_within` seconds where the caller waits less than the time limit."""
        invocation_id = str(uuid.uuid4())
        started = time.monotonic()
        task = asyncio.create_task(_outcome(function, trigger, invocation_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        limits = [limit for limit in (self._time_limit, answer_within) if limit is not None]
        done, _ = await asyncio.wait({task}, timeout=min(limits, default=None))
        outcome = task.result() if done else Outcome("timed_out")
        _log(function, invocation_id, outcome, time.monotonic() - started)
        return outcome

    async def drain(self) -> None:
        """Returns when nothing runs any more."""
        while self._running:
            await asyncio.wait(self._running)


async def _outcome(function: IndexedFunction, trigger: TriggerInput, invocation_id: str) -> Outcome:
    try:
        return Outcome("succeeded", await worker.invoke(function, trigger, invocation_id))
    except FunctionFailedError as error:
        return Outcome("failed", error_type=error.error_type, frames=error.frames)


def _log(function: IndexedFunction, invocation_id: str, outcome: Outcome, seconds: float) -> None:
    fields = {
        "function": function.name,
        "trigger": function.trigger_type,
        "invocation_id": invocation_id,
        "status": outcome.status,
        "milliseconds": round(seconds * 1000),
    }
    if outcome.error_type:
        fields |= {"error": outcome.error_type, "frames": outcome.frames}
    logger.log(logging.INFO if outcome.succeeded else logging.ERROR, "invocation", extra={"fields": fields})
