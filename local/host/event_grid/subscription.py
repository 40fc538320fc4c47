"""Watches landing and has every new blob version told to every Event Grid function."""

import asyncio
import logging
import time
from collections.abc import Sequence

from local.host.event_grid.blob_events import FoundBlob, blob_created
from local.host.event_grid.delivered import Delivered
from local.host.event_grid.delivery import Delivery
from local.host.event_grid.landing import Landing, LandingError
from local.host.event_grid.switches import SwitchBoard
from local.host.function import IndexedFunction
from local.host.options import EventGridOptions
from local.host.stopping import Stopping

logger = logging.getLogger(__name__)

BUSY_SECONDS = 30.0  # how long after the last find the poll stays quick
LISTING_SHARE = 0.3  # at most this share of the time goes into listing, however large landing is

Found = tuple[IndexedFunction, FoundBlob]


class Subscription:
    """Finds blob versions by listing, every `poll_seconds` while files come, more slowly when none do."""

    def __init__(
        self,
        functions: Sequence[IndexedFunction],
        landing: Landing,
        delivered: Delivered,
        delivery: Delivery,
        board: SwitchBoard,
        options: EventGridOptions,
        stopping: Stopping,
    ) -> None:
        self._functions = functions
        self._landing = landing
        self._delivered = delivered
        self._delivery = delivery
        self._board = board
        self._options = options
        self._stopping = stopping
        self._under_way: dict[tuple[str, bytes], asyncio.Task[None]] = {}
        self._sequence = time.time_ns()

    async def listen(self) -> None:
        """Runs until the host stops, then waits for the deliveries under way."""
        pause, last_find = self._options.poll_seconds, time.monotonic()
        while not await self._stopping.within(pause):
            started = time.monotonic()
            if await self._poll():
                last_find = time.monotonic()
            idle = time.monotonic() - last_find > BUSY_SECONDS
            wanted = self._options.idle_poll_seconds if idle else self._options.poll_seconds
            pause = max(wanted, (time.monotonic() - started) / LISTING_SHARE)
        await asyncio.gather(*self._under_way.values())
        await self._landing.close()
        self._delivered.close()

    async def _poll(self) -> int:
        try:
            blobs = await self._landing.blobs()
        except LandingError as error:
            logger.warning("landing cannot be listed", extra={"fields": {"error": str(error)}})
            return 0
        seen = [(function, blob) for blob in blobs for function in self._functions]
        found = [pair for pair in seen if self._is_untold(pair)]
        for function, blob in self._board.shuffled(found):
            self._take((function, blob))
        return len(found)

    def _is_untold(self, found: Found) -> bool:
        key = _key(found)
        return key not in self._delivered and key not in self._under_way

    def _take(self, found: Found) -> None:
        self._board.counts["found"] += 1
        if self._board.switches.drop:
            self._board.counts["dropped"] += 1
            self._delivered.add(_key(found))
            return
        self._sequence += 1
        self._under_way[_key(found)] = asyncio.create_task(self._tell(found, self._sequence))

    async def _tell(self, found: Found, sequence: int) -> None:
        function, blob = found
        try:
            if await self._delivery.deliver(function, blob_created(blob, sequence)):
                self._delivered.add(_key(found))
        finally:
            del self._under_way[_key(found)]


def _key(found: Found) -> tuple[str, bytes]:
    function, blob = found
    return function.name, blob.fingerprint
