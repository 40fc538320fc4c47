"""Delivers one event to one function until it is taken, as Event Grid does."""

import asyncio
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

from local.host.event_grid.blob_events import event_input, event_text
from local.host.event_grid.switches import SwitchBoard
from local.host.function import IndexedFunction
from local.host.invocations import Invocations
from local.host.options import EventGridOptions
from local.host.stopping import Stopping

# Event Grid, "Message delivery and retry": seconds between tries; the last one repeats.
BACK_OFF = (10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200)


class Delivery:
    """At-least-once delivery, so many at once. A try without an answer in time has failed."""

    def __init__(
        self, invocations: Invocations, board: SwitchBoard, options: EventGridOptions, stopping: Stopping
    ) -> None:
        self._invocations = invocations
        self._board = board
        self._options = options
        self._stopping = stopping
        self._slots = asyncio.Semaphore(options.concurrency)

    async def deliver(self, function: IndexedFunction, event: dict[str, Any]) -> bool:
        """True once the event is settled: taken, or given up after all tries. False if the host stops before."""
        switches = self._board.switches
        if await self._stopping.within(switches.delay_seconds):
            return False
        taken = await asyncio.gather(*(self._deliver_one(function, event) for _ in range(switches.duplicate)))
        return all(taken)

    async def _deliver_one(self, function: IndexedFunction, event: dict[str, Any]) -> bool:
        for pause in self._pauses():
            if await self._try(function, event):
                self._board.counts["delivered"] += 1
                return True
            if await self._stopping.within(pause):
                return False
            self._board.counts["retried"] += 1
        self._board.counts["given_up"] += 1
        return True

    async def _try(self, function: IndexedFunction, event: dict[str, Any]) -> bool:
        async with self._slots:
            if self._stopping.asked:
                return False
            outcome = await self._invocations.invoke(
                function, event_input(event_text(event)), answer_within=self._options.answer_seconds
            )
        return outcome.succeeded

    def _pauses(self) -> Iterator[float]:
        seconds = chain(BACK_OFF, repeat(BACK_OFF[-1]))
        return (next(seconds) * self._options.retry_scale for _ in range(self._options.max_attempts))
