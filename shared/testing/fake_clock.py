"""Time and ids that stand still until a test moves them."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

START = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)


class FakeClock:
    """Fulfils `Clock`. The instant may be skewed or stepped back; the monotonic seconds only ever grow."""

    def __init__(self, start: datetime = START) -> None:
        self.instant = start
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        if seconds < 0:
            raise ValueError("time does not pass backwards; set_back steps the instant alone")
        self.instant += timedelta(seconds=seconds)
        self.seconds += seconds

    def set_back(self, seconds: float) -> None:
        """Steps the wall clock back, as a correction does; no time passes."""
        self.instant -= timedelta(seconds=seconds)


class FakeIds:
    """Fulfils `Ids`: the same ids in the same order for the same seed."""

    def __init__(self, seed: str = "") -> None:
        self.seed = seed
        self.given = 0

    def attempt_id(self) -> str:
        self.given += 1
        return sha256(f"{self.seed}|{self.given}".encode()).hexdigest()[:32]
