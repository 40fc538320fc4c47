"""Faults that a test asks the workspace for."""

import pytest

from local.databricks_workspace.faults import Fault, Faults, parse_fault


def test_a_fault_strikes_its_path_as_often_as_asked() -> None:
    faults = Faults()
    faults.plan(Fault(429, "/runs/get", retry_after=2), times=2)
    assert faults.strike("/api/2.2/jobs/run-now") is None
    struck = [faults.strike("/api/2.2/jobs/runs/get") for _ in range(3)]
    assert [fault.status if fault else None for fault in struck] == [429, 429, None]
    assert struck[0] is not None
    assert struck[0].headers == {"Retry-After": "2"}


def test_cleared_faults_strike_nothing() -> None:
    faults = Faults()
    faults.plan(Fault(503, "/runs/get"), times=9)
    faults.clear()
    assert faults.strike("/runs/get") is None


@pytest.mark.parametrize(
    "body",
    [
        {"status": 429},
        {"path": "/x"},
        {"status": 429, "path": "/x", "phase": "late"},
        {"status": 1, "path": "/x", "y": 1},
    ],
)
def test_a_fault_that_is_not_one_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a fault has"):
        parse_fault(body)
