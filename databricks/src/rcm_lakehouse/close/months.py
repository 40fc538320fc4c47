"""Accounting periods are months, written yyyy-MM; they sort as text."""

from datetime import date, timedelta


def month_after(period: str) -> str:
    """The month that follows."""
    return f"{_first_day(period) + timedelta(days=31):%Y-%m}"


def months(first: str, last: str) -> list[str]:
    """All months from one to another, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = month_after(first)
    return found


def last_day(period: str) -> date:
    """The last day of a month."""
    return _first_day(month_after(period)) - timedelta(days=1)


def _first_day(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)
