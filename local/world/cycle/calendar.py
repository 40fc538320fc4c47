"""The three years of the truth world. A day is an ordinal (`date.toordinal`), so that millions of them stay cheap."""

from bisect import bisect_left
from datetime import date, timedelta

FIRST_DAY = date(2022, 1, 1).toordinal()
LAST_DAY = date(2024, 12, 31).toordinal()
_MARGIN = 1200

_ISO = [date.fromordinal(day).isoformat() for day in range(FIRST_DAY - _MARGIN, LAST_DAY + _MARGIN)]
_US = [f"{iso[5:7]}/{iso[8:]}/{iso[:4]}" for iso in _ISO]


def iso(day: int) -> str:
    """Return a day near the three years as yyyy-mm-dd."""
    return _ISO[day - FIRST_DAY + _MARGIN]


def american(day: int) -> str:
    """Return a day near the three years as MM/dd/yyyy."""
    return _US[day - FIRST_DAY + _MARGIN]


def month_of(day: int) -> str:
    """Return the month of a day as yyyy-mm."""
    return iso(day)[:7]


def _month_ends() -> tuple[int, ...]:
    firsts = [date(2022 + month // 12, month % 12 + 1, 1) for month in range(1, 37)]
    return tuple((first - timedelta(days=1)).toordinal() for first in firsts)


MONTH_ENDS = _month_ends()
MONTHS = tuple(month_of(day) for day in MONTH_ENDS)


def month_index(day: int) -> int:
    """Return the position in `MONTHS` of the month that holds a day of the three years."""
    return bisect_left(MONTH_ENDS, day)
