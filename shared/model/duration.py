"""Lengths of time in metadata: ISO 8601 of days, hours and minutes."""

import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_duration(text: str) -> timedelta:
    """The length of P1D, PT6H or P1DT30M; ValueError for another form and for no length at all."""
    found = _DURATION.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    length = timedelta(days=days, hours=hours, minutes=minutes)
    if not length:
        raise ValueError(f"duration {text} is not of the form P1DT2H30M")
    return length


def period_number(at: datetime, every: timedelta) -> int:
    """Which period of this length an instant is in, counted from the start of 1970 in UTC."""
    return (at - _EPOCH) // every
