from datetime import UTC, date, datetime

from rcm_lakehouse.deliveries import Delivery, Life, Reign, last, lives, reigns, standing


def _at(day: int, hour: int = 6) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def _delivery(
    name: str, generation: int = 1, outcome: str = "landed", as_of: str | None = None, known: int = 0, hour: int = 6
) -> Delivery:
    on = date.fromisoformat(as_of) if as_of else None
    known_at = _at(known or generation)
    return Delivery("hospital_a__patient", name, generation, outcome, on, None, known_at, _at(31, hour), 10, 0, 0)


def _spans(lived: list[Life]) -> list[tuple[str, int, int, int | None]]:
    return [(*life.position, life.since.day, life.until.day if life.until else None) for life in lived]


def test_of_a_file_version_the_highest_generation_stands() -> None:
    assert [d.generation for d in standing([_delivery("a", 2), _delivery("a", 1), _delivery("a", 3)])] == [3]


def test_a_withdrawn_file_version_does_not_stand() -> None:
    assert standing([_delivery("a", 1), _delivery("a", 2, "withdrawn")]) == []


def test_a_generation_after_a_withdrawal_stands_again() -> None:
    assert len(standing([_delivery("a", 1), _delivery("a", 2, "withdrawn"), _delivery("a", 3)])) == 1


def test_a_generation_stood_from_when_it_was_known_until_the_next_one_was() -> None:
    lived = lives([_delivery("a", 1), _delivery("a", 2), _delivery("a", 3, "withdrawn")])
    assert _spans(lived) == [("a", 1, 1, 2), ("a", 2, 2, 3)]


def test_a_generation_that_was_replaced_as_soon_as_it_was_known_never_stood() -> None:
    assert _spans(lives([_delivery("a", 1, known=5), _delivery("a", 2, known=5)])) == [("a", 2, 5, None)]


def test_a_generation_that_is_said_to_be_older_than_the_one_it_replaces_stands_from_then_on() -> None:
    assert _spans(lives([_delivery("a", 1, known=5), _delivery("a", 2, known=3)])) == [("a", 2, 5, None)]


def test_deliveries_are_ordered_by_the_extracts_own_date_before_their_arrival() -> None:
    late = _delivery("late", as_of="2026-01-01", hour=9)
    early = _delivery("early", as_of="2026-01-02", hour=8)
    assert [d.file_version_id for d in standing([early, late])] == ["late", "early"]


def test_an_extract_without_a_date_counts_for_the_day_it_was_delivered() -> None:
    assert _delivery("a").date == date(2026, 1, 31)


def test_the_newest_delivery_that_speaks_of_a_period_reigns_in_it_while_it_stands() -> None:
    first = _delivery("a", as_of="2026-01-01", known=1)
    second = [_delivery("b", 1, as_of="2026-01-02", known=4), _delivery("b", 2, "withdrawn", "2026-01-02", 7)]
    lived = lives([first, *second])
    assert reigns(lived, {("a", 1): ["2025-12"], ("b", 1): ["2025-12"]}) == [
        Reign("2025-12", _at(1), _at(4), 1),
        Reign("2025-12", _at(4), _at(7), 2),
        Reign("2025-12", _at(7), None, 1),
    ]


def test_an_older_delivery_that_comes_late_does_not_reign() -> None:
    newer, late = _delivery("b", as_of="2026-01-02", known=1), _delivery("a", as_of="2026-01-01", known=4)
    told = reigns(lives([newer, late]), {("a", 1): [""], ("b", 1): [""]})
    assert [(reign.since.day, reign.ordinal) for reign in told] == [(1, 2), (4, 2)]


def test_for_a_torn_delivery_nobody_is_missing_so_the_one_before_reigns_on_and_that_by_itself_lets_all_be() -> None:
    lived = lives([_delivery("a", as_of="2026-01-01", known=1), _delivery("b", as_of="2026-01-02", known=4)])
    groups = {("a", 1): [""], ("b", 1): [""]}
    assert [(one.since.day, one.ordinal) for one in reigns(lived, groups, {("b", 1)})] == [(1, 1), (4, 1)]
    assert [(one.since.day, one.ordinal) for one in reigns(lived, groups, {("a", 1)})] == [(1, 0), (4, 2)]


def test_the_last_delivery_comes_after_all_others_by_its_date_and_by_when_it_was_known() -> None:
    first, second = _delivery("a", as_of="2026-01-05", known=5), _delivery("b", as_of="2026-01-12", known=12)
    found = last(lives([second, first]))
    assert found
    assert found.delivery == second


def test_no_delivery_is_the_last_where_a_later_one_was_known_before_or_something_was_taken_back_since() -> None:
    late = _delivery("a", as_of="2026-01-05", known=20)
    newer = _delivery("b", as_of="2026-01-12", known=12)
    withdrawn = _delivery("a", 2, "withdrawn", as_of="2026-01-05", known=21)
    assert last(lives([late, newer])) is None
    assert last(lives([late, withdrawn, newer])) is None
    assert last([]) is None
