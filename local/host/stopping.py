"""The wish to stop, shared by everything that listens."""

import asyncio


class Stopping:
    """Set once. Whoever waits asks `within` in place of sleeping, and so never delays a stop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def asked(self) -> bool:
        return self._event.is_set()

    def ask(self) -> None:
        self._event.set()

    async def within(self, seconds: float) -> bool:
        """Waits `seconds`, or until the host is to stop; True if it is."""
        try:
            await asyncio.wait_for(self._event.wait(), max(seconds, 0.0))
        except TimeoutError:
            return False
        return True
