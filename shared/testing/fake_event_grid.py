"""Event Grid in memory: at least once, in no order, with back-off; it can lose what it was given."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.model.file_version import ArrivalHint, BlobVersion
from shared.ports import Clock

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 300, 600, 1800, 3600))


@dataclass(slots=True)
class Pending:
    """An event that is still to be delivered."""

    hint: ArrivalHint
    due_at: datetime
    tries: int = 0


class FakeEventGrid:
    """`pending` holds what is to be delivered; tests and simulators may look and touch."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.pending: list[Pending] = []
        self.told = 0

    def tell(self, blob: BlobVersion, copies: int = 1) -> None:
        """A blob was created. `copies` 0: the event is lost."""
        self.told += 1
        hint = ArrivalHint(blob.name, f'"{blob.etag}"', f"{self.told:016X}")
        self.pending.extend(Pending(hint, self._clock.now()) for _ in range(copies))

    def due(self) -> list[Pending]:
        """What may be delivered now."""
        return [event for event in self.pending if event.due_at <= self._clock.now()]

    def take(self, event: Pending) -> None:
        """Takes an event out for a delivery."""
        self.pending.remove(event)

    def give_back(self, event: Pending) -> None:
        """The delivery failed: it comes again later, until the back-off is exhausted (then Azure drops it)."""
        if event.tries < len(BACK_OFF):
            self.pending.append(Pending(event.hint, self._clock.now() + BACK_OFF[event.tries], event.tries + 1))

    def next_change(self) -> datetime | None:
        """When the next event comes due."""
        return min((event.due_at for event in self.pending if event.due_at > self._clock.now()), default=None)
