from datetime import UTC, date, datetime

from rcm_lakehouse.deliveries import Delivery, standing


def _delivery(
    name: str, generation: int = 1, outcome: str = "landed", as_of: str | None = None, hour: int = 6
) -> Delivery:
    at = datetime(2026, 1, 31, hour, tzinfo=UTC)
    on = date.fromisoformat(as_of) if as_of else None
    return Delivery("hospital_a__patient", name, generation, outcome, on, None, at, at, 10, 0, 0)


def test_of_a_file_version_the_highest_generation_stands() -> None:
    assert [d.generation for d in standing([_delivery("a", 2), _delivery("a", 1), _delivery("a", 3)])] == [3]


def test_a_withdrawn_file_version_does_not_stand() -> None:
    assert standing([_delivery("a", 1), _delivery("a", 2, "withdrawn")]) == []


def test_a_generation_after_a_withdrawal_stands_again() -> None:
    assert len(standing([_delivery("a", 1), _delivery("a", 2, "withdrawn"), _delivery("a", 3)])) == 1


def test_deliveries_are_ordered_by_the_extracts_own_date_before_their_arrival() -> None:
    late = _delivery("late", as_of="2026-01-01", hour=9)
    early = _delivery("early", as_of="2026-01-02", hour=8)
    assert [d.file_version_id for d in standing([early, late])] == ["late", "early"]


def test_an_extract_without_a_date_counts_for_the_day_it_was_delivered() -> None:
    assert _delivery("a").date == date(2026, 1, 31)
