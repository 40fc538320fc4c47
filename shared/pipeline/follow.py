"""What a Databricks state means for us: a decision for every life-cycle and result state, also those not known yet.

States as in the Jobs API 2.2. Only the result SUCCESS is success; a state that is not known to be an end is not one.
"""

from enum import StrEnum

from shared.model.databricks_run import ReportedState


class Decision(StrEnum):
    """What to do about a run."""

    WAIT = "wait"
    WAIT_AND_ALERT = "wait_and_alert"
    SUCCEED = "succeed"
    RETRY = "retry"
    FAIL = "fail"
    CANCEL = "cancel"


UNDER_WAY = frozenset({"QUEUED", "PENDING", "RUNNING", "TERMINATING", "BLOCKED", "WAITING_FOR_RETRY"})
ENDED = frozenset({"TERMINATED", "SKIPPED", "INTERNAL_ERROR"})
RESULTS = {
    "SUCCESS": Decision.SUCCEED,
    "SUCCESS_WITH_FAILURES": Decision.RETRY,
    "FAILED": Decision.RETRY,
    "TIMEDOUT": Decision.RETRY,
    "MAXIMUM_CONCURRENT_RUNS_REACHED": Decision.RETRY,
    "UPSTREAM_FAILED": Decision.RETRY,
    "CANCELED": Decision.CANCEL,
    "UPSTREAM_CANCELED": Decision.CANCEL,
    "EXCLUDED": Decision.FAIL,
    "DISABLED": Decision.FAIL,
}


def decide(state: ReportedState) -> Decision:
    """Total over all states. CANCELED is a user's wish and is not retried: a platform ends a run otherwise."""
    if state.life_cycle_state in UNDER_WAY:
        return Decision.WAIT
    if state.life_cycle_state not in ENDED:
        return Decision.WAIT_AND_ALERT
    if state.life_cycle_state in ("SKIPPED", "INTERNAL_ERROR"):
        return Decision.RETRY
    return RESULTS.get(state.result_state or "", Decision.WAIT_AND_ALERT)
