"""Schedules mean what NCRONTAB means, in UTC."""

from datetime import UTC, datetime

import pytest

from local.host.errors import HostError
from local.host.schedule import Schedule

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("*/7 * * * * *", "2026-01-01T00:00:07"),
        ("0 */5 * * * *", "2026-01-01T00:05:00"),
        ("0 30 9 * * MON-FRI", "2026-01-01T09:30:00"),
        ("0 0 0 1 Feb *", "2026-02-01T00:00:00"),
        ("0 0 0 13 * FRI", "2026-02-13T00:00:00"),
        ("*/10 * * * *", "2026-01-01T00:10:00"),
    ],
)
def test_the_next_tick_is_the_first_later_instant_that_fits(expression: str, expected: str) -> None:
    assert Schedule(expression).next_after(NEW_YEAR) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "expression", ["", "every day", "* * * *", "0 0 24 * * *", "0 0 0 L * *", "@hourly", "01:00:00"]
)
def test_what_azure_would_not_take_is_refused(expression: str) -> None:
    with pytest.raises(HostError, match="NCRONTAB"):
        Schedule(expression)


def test_a_schedule_that_is_never_due_is_refused() -> None:
    with pytest.raises(HostError, match="never due"):
        Schedule("0 0 0 31 2 *").next_after(NEW_YEAR)


@pytest.mark.parametrize(("expression", "expected"), [("0 * * * * *", True), ("*/30 * * * * *", False)])
def test_status_is_kept_from_one_minute_between_ticks(expression: str, expected: bool) -> None:
    assert Schedule(expression).is_monitored(NEW_YEAR) is expected
