"""When files are sent: every quarter's end for three years, in four waves; and what arrives later than it should."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date

from local.world.cycle.calendar import MONTH_ENDS, iso

DELIVERY_DAYS = MONTH_ENDS[2::3]
# Deliveries of each wave: two years at once, then half a year, then by quarter.
WAVES = (range(8), range(8, 10), range(10, 11), range(11, 12))
WAVE_DAYS = tuple(DELIVERY_DAYS[wave[-1]] for wave in WAVES)

# A whole file that comes a quarter late, after the file that follows it.
LATE_FILE = ("hospital_b__account_adjustment", 9)
_LATE_CHARGE_ROWS = 300  # one charge row in so many misses its file and comes with the next


@dataclass(frozen=True, slots=True)
class Violation:
    """A planted bad record: row number (from 1), the rule it breaks, the field."""

    row_number: int
    rule: str
    field: str


@dataclass(frozen=True, slots=True)
class LandingFile:
    """A file of a wave. `known_on` is the business day of its arrival: what a manifest calls `arrived_at`.

    `outcome` is `landed` or `duplicate_content`; `cause` names what is special. `records` includes bad ones.
    """

    path: str
    source_id: str
    known_on: date
    records: int
    outcome: str = "landed"
    cause: str = ""
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Wave:
    """Files that are taken in together, in order of arrival; first the `withdrawn` paths of earlier waves go."""

    number: int
    known_on: date
    files: tuple[LandingFile, ...]
    withdrawn: tuple[str, ...] = field(default=())


def delivery_of(recorded: int) -> int:
    """Return the delivery that carries what was recorded on a day of the three years."""
    return bisect_left(DELIVERY_DAYS, recorded)


def wave_of(delivery: int) -> int:
    """Return the position in `WAVES` of the wave of a delivery."""
    return next(position for position, wave in enumerate(WAVES) if delivery in wave)


def arrival(source_id: str, delivery: int) -> int:
    """Return the delivery with which a source's file of a delivery arrives: its own, but for the late file."""
    return delivery + 1 if (source_id, delivery) == LATE_FILE else delivery


def known_day(source_id: str, delivery: int) -> int:
    """Return the day on which a source's file of a delivery becomes known."""
    return DELIVERY_DAYS[arrival(source_id, delivery)]


def charge_delivery(account_number: int, line: int, recorded: int) -> int:
    """Return the delivery of a charge row: of its posting day, or the next for one row in three hundred."""
    delivery = delivery_of(recorded)
    is_late = (account_number * 7919 + line * 104729) % _LATE_CHARGE_ROWS == 0
    return min(delivery + is_late, len(DELIVERY_DAYS) - 1)


def delivery_date(delivery: int) -> str:
    """Return a delivery's day as yyyy-mm-dd."""
    return iso(DELIVERY_DAYS[delivery])
