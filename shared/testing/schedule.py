"""What makes a simulation what it is, and what outsiders really wrote in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from shared.model.file_version import BlobVersion
from shared.testing.fake_clock import START, FakeClock
from shared.testing.faults import Mode
from shared.testing.scenario import Scenario, Upload


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A version that was written into landing, by an outsider or a timer: the checker's own record."""

    upload: Upload
    blob: BlobVersion


@dataclass(frozen=True, slots=True)
class Outage:
    """Of the calls whose names begin with `calls`, this share fails for so long, from the beginning on."""

    calls: str
    seconds: float = 1_800.0
    share: float = 1.0

    def hits(self, clock: FakeClock, rng: Random, operation: str) -> bool:
        """Whether this call fails."""
        is_over = clock.now() >= START + timedelta(seconds=self.seconds)
        return not is_over and operation.startswith(self.calls) and rng.random() < self.share


@dataclass(frozen=True, slots=True)
class Schedule:
    """Equal schedules have histories equal byte for byte.

    `width` activities are under way at most; above 1 they take turns at every call. Without `reconciles` the timer
    never fires, so that redelivery alone has to bring everything to its end. Of the first `mixed` activities each runs
    in this program or a newer one, by the seed. `repeats`: at the end all that was ever said is said again.
    """

    scenario: Scenario
    seed: int = 0
    width: int = 1
    faults: Mapping[int, Mode] = field(default_factory=dict, hash=False)
    reconciles: bool = True
    mixed: int = 0
    repeats: bool = False
    outage: Outage | None = None
