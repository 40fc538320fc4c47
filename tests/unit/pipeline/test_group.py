from datetime import UTC, datetime, timedelta

from shared.pipeline.group import due_at, wake_at

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SETTLE, LIMIT = timedelta(seconds=5), timedelta(seconds=60)


def test_nothing_ready_is_never_due() -> None:
    assert due_at([], SETTLE, LIMIT) is None


def test_a_group_is_due_once_it_has_settled() -> None:
    assert due_at([NOON, NOON + timedelta(seconds=3)], SETTLE, LIMIT) == NOON + timedelta(seconds=8)


def test_a_steady_trickle_waits_no_longer_than_the_limit() -> None:
    trickle = [NOON + timedelta(seconds=second) for second in range(0, 200, 2)]
    assert due_at(trickle, SETTLE, LIMIT) == NOON + LIMIT


def test_a_wake_up_is_never_before_the_group_can_have_settled_and_shared_by_neighbours() -> None:
    wakes = {wake_at(NOON + timedelta(milliseconds=100 * step), SETTLE) for step in range(50)}
    assert len(wakes) <= 2
    assert min(wakes) >= NOON + SETTLE
