"""Every state of a Databricks run passes through as Databricks said it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from databricks.sdk.service.jobs import RunLifeCycleState, RunResultState

from shared.adapters.databricks_jobs import reported_state
from shared.errors import PermanentError

LIFE_CYCLES = [state.value for state in RunLifeCycleState]
RESULTS = [state.value for state in RunResultState]


def run(life_cycle: str, result: str | None = None, **more: Any) -> dict[str, Any]:
    state = {"life_cycle_state": life_cycle, **({"result_state": result} if result else {})}
    return {"run_id": 7, "state": state, **more}


@pytest.mark.parametrize("life_cycle", [*LIFE_CYCLES, "HIBERNATING"])
@pytest.mark.parametrize("result", [None, *RESULTS, "SUCCESS_OF_A_KIND"])
def test_a_state_is_passed_on_in_its_own_words_known_or_not(life_cycle: str, result: str | None) -> None:
    told = reported_state(run(life_cycle, result))
    assert (told.databricks_run_id, told.life_cycle_state, told.result_state) == (7, life_cycle, result)


def test_the_start_is_an_utc_instant_and_absent_while_there_is_none() -> None:
    assert reported_state(run("PENDING", start_time=0)).started_at is None
    started = reported_state(run("RUNNING", start_time=1_769_853_600_123)).started_at
    assert started == datetime(2026, 1, 31, 10, 0, 0, 123_000, UTC)


def test_a_task_is_told_by_its_result_once_it_has_one() -> None:
    tasks = [
        {"task_key": "bronze", "state": {"life_cycle_state": "TERMINATED", "result_state": "SUCCESS"}},
        {"task_key": "silver", "state": {"life_cycle_state": "RUNNING"}},
        {"task_key": "gold"},
    ]
    told = reported_state(run("RUNNING", tasks=tasks))
    assert told.task_states == {"bronze": "SUCCESS", "silver": "RUNNING", "gold": ""}


def test_an_answer_without_a_state_is_no_answer() -> None:
    with pytest.raises(PermanentError):
        reported_state({"run_id": 7})
