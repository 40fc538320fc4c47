from datetime import UTC, datetime, timedelta

import pytest

from shared.pipeline.due import is_due

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "done", "now", "due"),
    [
        (HOUR, "2026-01-01T10:00:00.050", "2026-01-01T11:00:00.010", True),
        (HOUR, "2026-01-01T10:00:00.050", "2026-01-01T10:59:59.999", False),
        (DAY, "2026-01-01T23:59:59", "2026-01-02T00:00:00", True),
        (DAY, "2026-01-01T00:00:01", "2026-01-04T12:00:00", True),
        (DAY, "2026-01-02T10:00:00", "2026-01-01T10:00:00", False),
    ],
    ids=[
        "a tick a little early",
        "a second tick in one period",
        "over midnight",
        "after missed ticks",
        "a clock set back",
    ],
)
def test_work_is_due_once_in_each_period(every: timedelta, done: str, now: str, due: bool) -> None:
    assert is_due(every, at(done), at(now)) is due


def test_work_that_was_never_done_is_due() -> None:
    assert is_due(DAY, None, at("2026-01-01T00:00:00"))
