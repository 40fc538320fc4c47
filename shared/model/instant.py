"""UTC instants and their one wire form: `2026-01-31T10:00:00.000000Z`, which sorts as text."""

from datetime import UTC, datetime


def to_wire(instant: datetime) -> str:
    """Fixed-width ISO 8601 in UTC with microseconds. Refuses a datetime without a zone (ValueError)."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_wire(text: str) -> datetime:
    """The instant that `to_wire` wrote; also reads any ISO 8601 form that carries a zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)
