from datetime import UTC, datetime, timedelta

import pytest

from shared.model.extract import IncrementalPull
from shared.model.table_query import TableQuery, WatermarkType
from shared.pipeline.plan_pull import latest_query, plan_pull, watermark_after

BY_DAY = IncrementalPull("changed", WatermarkType.DATE, timedelta(days=3))
BY_INSTANT = IncrementalPull("changed", WatermarkType.INSTANT, timedelta(minutes=10))
QUERY = TableQuery("clinic", "stays", ("id", "changed"), ("id",), {})


def bounds(query: TableQuery | None) -> tuple[str, str]:
    assert query is not None
    assert query.watermark is not None
    return query.watermark.since, query.watermark.until


def test_a_first_pull_reads_everything_and_splits_off_what_it_will_read_again() -> None:
    plan = plan_pull(QUERY, BY_DAY, reached="", until="2026-01-11")
    assert bounds(plan.settled) == ("", "2026-01-08")
    assert bounds(plan.recent) == ("2026-01-08", "2026-01-11")
    assert plan.recent.watermark is not None
    assert plan.recent.watermark.unmarked
    assert not plan.is_idle


def test_a_later_pull_starts_as_far_back_as_the_overlap_reaches() -> None:
    plan = plan_pull(QUERY, BY_DAY, reached="2026-01-11", until="2026-01-20")
    assert bounds(plan.settled) == ("2026-01-08", "2026-01-17")


def test_a_watermark_that_stands_still_leaves_only_the_overlap_to_look_at() -> None:
    plan = plan_pull(QUERY, BY_DAY, reached="2026-01-11", until="2026-01-11")
    assert plan.is_idle
    assert plan.settled is None
    assert bounds(plan.recent) == ("2026-01-08", "2026-01-11")


@pytest.mark.parametrize(
    ("pull", "latest", "after"),
    [
        (BY_DAY, "2026-01-10", "2026-01-11"),
        (BY_DAY, "2026-02-28", "2026-03-01"),
        (BY_INSTANT, "2026-01-10T23:59:59.999000", "2026-01-11T00:00:00"),
    ],
)
def test_a_pull_reads_to_the_end_of_the_latest_day_or_second(pull: IncrementalPull, latest: str, after: str) -> None:
    assert watermark_after(pull, latest, reached="") == after


def test_a_watermark_never_goes_back_when_the_latest_rows_were_deleted() -> None:
    assert watermark_after(BY_DAY, "2026-01-05", reached="2026-01-11") == "2026-01-11"
    assert watermark_after(BY_DAY, "", reached="2026-01-11") == "2026-01-11"


@pytest.mark.parametrize(("pull", "until"), [(BY_DAY, "2026-01-12"), (BY_INSTANT, "2026-01-11T12:00:01")])
def test_a_date_far_in_the_future_does_not_move_the_watermark(pull: IncrementalPull, until: str) -> None:
    assert bounds(latest_query(QUERY, pull, datetime(2026, 1, 10, 12, tzinfo=UTC))) == ("", until)
