"""When a gold table may be brought up by changes alone, and when it must be built whole."""

from typing import Any, cast

import pytest
from rcm_lakehouse.gold.stand import Stand, newer_inputs
from rcm_lakehouse.lake import Lake, State

STOOD = Stand(State("claims", 4), {"silver.claim": State("log", 7), "gold.patient": State("people", 2)}, "rules")


class History:
    """The part of a lake that is asked: what later commits of the table did."""

    def __init__(self, *operations: str) -> None:
        self._operations = operations

    def history(self, table: str, limit: int) -> list[dict[str, Any]]:
        assert limit == len(self._operations), table
        return [{"operation": name} for name in self._operations]


def _newer(now: Stand, *operations: str, stood: Stand | None = STOOD) -> dict[str, int] | None:
    return newer_inputs(cast("Lake", History(*operations)), "gold.claim", stood, now)


def test_only_inputs_that_changed_are_told_with_the_version_they_had() -> None:
    now = Stand(STOOD.became, {**STOOD.inputs, "silver.claim": State("log", 9)}, "rules")
    assert _newer(now) == {"silver.claim": 7}
    assert _newer(STOOD) == {}


def test_files_that_were_put_together_are_the_same_table() -> None:
    assert _newer(Stand(State("claims", 6), STOOD.inputs, "rules"), "OPTIMIZE", "VACUUM END") == {}


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(Stand(STOOD.became, STOOD.inputs, "others"), id="other rules"),
        pytest.param(Stand(State("claims", 3), STOOD.inputs, "rules"), id="put back"),
        pytest.param(Stand(State("anew", 4), STOOD.inputs, "rules"), id="made anew"),
        pytest.param(Stand(STOOD.became, {"silver.claim": State("log", 7)}, "rules"), id="an input less"),
        pytest.param(Stand(STOOD.became, {**STOOD.inputs, "gold.patient": State("anew", 5)}, "rules"), id="input anew"),
        pytest.param(Stand(STOOD.became, {**STOOD.inputs, "gold.patient": State("people", 1)}, "rules"), id="restored"),
    ],
)
def test_what_no_change_feed_leads_to_is_built_whole(now: Stand) -> None:
    assert _newer(now) is None


def test_a_table_that_was_never_noted_or_that_somebody_wrote_is_built_whole() -> None:
    assert _newer(STOOD, stood=None) is None
    assert _newer(Stand(State("claims", 5), STOOD.inputs, "rules"), "MERGE") is None
