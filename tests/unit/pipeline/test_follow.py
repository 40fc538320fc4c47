import pytest

from shared.model.databricks_run import ReportedState
from shared.pipeline.follow import Decision, decide

UNDER_WAY = ("QUEUED", "PENDING", "RUNNING", "TERMINATING", "BLOCKED", "WAITING_FOR_RETRY")
LIFE_CYCLES = (*UNDER_WAY, "TERMINATED", "SKIPPED", "INTERNAL_ERROR", "FROM_THE_FUTURE")
RESULTS = (
    *("SUCCESS", "FAILED", "TIMEDOUT", "CANCELED", "MAXIMUM_CONCURRENT_RUNS_REACHED", "SUCCESS_WITH_FAILURES"),
    *("UPSTREAM_FAILED", "UPSTREAM_CANCELED", "EXCLUDED", "DISABLED", None, "FROM_THE_FUTURE"),
)
UNKNOWN = (("FROM_THE_FUTURE", "SUCCESS"), ("TERMINATED", None), ("TERMINATED", "FROM_THE_FUTURE"))


@pytest.mark.parametrize("life_cycle", LIFE_CYCLES)
@pytest.mark.parametrize("result", RESULTS)
def test_only_a_terminated_success_succeeds(life_cycle: str, result: str | None) -> None:
    decision = decide(ReportedState(1, life_cycle, result))
    assert (decision is Decision.SUCCEED) == (life_cycle == "TERMINATED" and result == "SUCCESS")


@pytest.mark.parametrize("life_cycle", UNDER_WAY)
def test_a_run_under_way_is_waited_for_whatever_it_says_beside(life_cycle: str) -> None:
    assert decide(ReportedState(1, life_cycle, "FAILED")) is Decision.WAIT


@pytest.mark.parametrize(
    "state", [("FROM_THE_FUTURE", "SUCCESS"), ("TERMINATED", None), ("TERMINATED", "FROM_THE_FUTURE")]
)
def test_what_is_not_known_is_not_finished_and_wakes_somebody(state: tuple[str, str | None]) -> None:
    assert decide(ReportedState(1, *state)) is Decision.WAIT_AND_ALERT


@pytest.mark.parametrize("life_cycle", ["SKIPPED", "INTERNAL_ERROR"])
def test_a_run_that_the_platform_gave_up_is_tried_again(life_cycle: str) -> None:
    assert decide(ReportedState(1, life_cycle)) is Decision.RETRY


def test_what_a_person_cancelled_is_not_tried_again() -> None:
    assert decide(ReportedState(1, "TERMINATED", "CANCELED")) is Decision.CANCEL
