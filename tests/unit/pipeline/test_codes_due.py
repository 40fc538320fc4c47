from datetime import date, timedelta

from shared.model.code_set import CodesSeen
from shared.pipeline.codes_due import codes_due

TODAY = date(2026, 1, 31)
FIRST, SECOND, THIRD = "1003000126", "1234567893", "1245319599"


def due(seen: tuple[str, ...], confirmed: dict[str, int], at_most: int = 10) -> list[str]:
    """`confirmed` says how many days ago."""
    asks = CodesSeen("npi", "npi", timedelta(days=30), at_most)
    return codes_due(asks, seen, {code: TODAY - timedelta(days=ago) for code, ago in confirmed.items()}, TODAY)


def test_codes_never_confirmed_come_before_those_confirmed_longest_ago() -> None:
    assert due((FIRST, SECOND, THIRD), {FIRST: 30, SECOND: 90}) == [THIRD, SECOND, FIRST]


def test_a_code_confirmed_lately_is_left_alone() -> None:
    assert due((FIRST, SECOND), {FIRST: 29}) == [SECOND]


def test_a_tick_asks_for_no_more_than_it_may() -> None:
    assert due((FIRST, SECOND, THIRD), {FIRST: 31}, at_most=2) == [SECOND, THIRD]


def test_what_can_be_no_such_code_is_never_asked_for() -> None:
    assert due(("1234567890", "PROV0133", "", SECOND, SECOND), {}) == [SECOND]
