"""The machine's own clock and randomness: the only place that asks for either."""

import time
from datetime import UTC, datetime
from uuid import uuid4


class SystemClock:
    """Fulfils `Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class SystemIds:
    """Fulfils `Ids`."""

    def attempt_id(self) -> str:
        return uuid4().hex
