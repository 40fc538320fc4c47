"""Which editions of a code set may be in force, by the calendar of its publisher."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.model.code_set import ReleaseCalendar

YEARS_BACK = 2


@dataclass(frozen=True, slots=True)
class Edition:
    """A release and the day from which its codes hold."""

    effective: date
    path: str


def editions_up_to(calendar: ReleaseCalendar, today: date) -> Iterator[Edition]:
    """Editions whose day has come, the newest first. Not all of them need exist: a publisher may skip one."""
    for year in range(today.year, today.year - YEARS_BACK, -1):
        for month in sorted(calendar.paths, reverse=True):
            effective = date(year, month, 1)
            if effective <= today:
                path = calendar.paths[month].format(year=year, fiscal_year=fiscal_year(effective))
                yield Edition(effective, path)


def fiscal_year(day: date) -> int:
    """The US government's: 2026 begins on 1 October 2025."""
    return day.year + (day.month >= 10)
