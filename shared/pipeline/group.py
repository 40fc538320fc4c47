"""When is what is ready due to be run: once it has settled, or once the first has waited long enough."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import ceil


def due_at(ready_since: Iterable[datetime], settle: timedelta, limit: timedelta) -> datetime | None:
    """`settle` after the newest, at most `limit` after the oldest; None when nothing is ready."""
    instants = list(ready_since)
    if not instants:
        return None
    return min(max(instants) + settle, min(instants) + limit)


def wake_at(now: datetime, settle: timedelta) -> datetime:
    """When to look again after something became ready: settled by then, and shared by all of the same few seconds."""
    step = max(settle.total_seconds(), 1)
    return datetime.fromtimestamp(ceil((now + settle).timestamp() / step) * step, UTC)


def again_at(ended_at: datetime, run_attempt: int, run_attempts: int) -> datetime:
    """When a group whose attempts all failed is tried once more: after an hour, then twice as long, at most a day."""
    doubled = min(max(run_attempt - run_attempts, 0), 5)
    return ended_at + min(timedelta(hours=2**doubled), timedelta(days=1))
