"""How a run ends, and what the Jobs API says of it."""

from dataclasses import replace

import pytest

from local.databricks_workspace.answers import run_answer
from local.databricks_workspace.bundle import Job, Task
from local.databricks_workspace.runs import (
    CANCELED,
    FAILED,
    INTERNAL_ERROR,
    QUEUED,
    RUNNING,
    SKIPPED,
    SUCCESS,
    TERMINATED,
    TIMEDOUT,
    TOO_MANY_RUNS,
    UPSTREAM_FAILED,
    Run,
    State,
    TaskRun,
    result_of,
)

TASKS = tuple(Task(key, "package", "entry", (), (), 0, 0) for key in ("a", "b"))
JOB = Job("job", 1, "job", {"token": "none"}, TASKS, 1, True, 0)
RUN = Run(1_000, 1, 1, {"token": "t"}, State(RUNNING), 500, (TaskRun("a", 1_001), TaskRun("b", 1_002)), "t", 600)


def run_with(first: State, second: State) -> Run:
    return RUN.with_task(TaskRun("a", 1_001, first)).with_task(TaskRun("b", 1_002, second))


@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        (State(TERMINATED, SUCCESS), State(TERMINATED, SUCCESS), State(TERMINATED, SUCCESS)),
        (State(TERMINATED, FAILED, "why"), State(TERMINATED, UPSTREAM_FAILED), State(TERMINATED, FAILED, "why")),
        (State(TERMINATED, SUCCESS), State(TERMINATED, TIMEDOUT, "late"), State(TERMINATED, FAILED, "late")),
        (State(INTERNAL_ERROR, FAILED, "died"), State(TERMINATED, SUCCESS), State(INTERNAL_ERROR, FAILED, "died")),
    ],
)
def test_a_run_succeeds_only_if_every_task_did(first: State, second: State, end: State) -> None:
    assert result_of(run_with(first, second)) == end


def test_tasks_that_had_not_ended_share_the_end_of_their_run() -> None:
    ended = run_with(State(TERMINATED, SUCCESS), State(RUNNING)).ended(State(TERMINATED, CANCELED), 900)
    assert [task.state.result for task in ended.tasks] == [SUCCESS, CANCELED]
    assert ended.ended_at == 900


def test_a_run_under_way_has_no_result() -> None:
    answer = run_answer(RUN, JOB, "http://here")
    assert answer["state"]["life_cycle_state"] == "RUNNING"
    assert "result_state" not in answer["state"]
    assert answer["status"] == {"state": "RUNNING"}
    assert answer["job_parameters"] == [{"name": "token", "default": "none", "value": "t"}]
    assert (answer["start_time"], answer["end_time"], answer["queue_duration"]) == (600, 0, 100)


def test_a_queued_run_says_why() -> None:
    answer = run_answer(replace(RUN, state=State(QUEUED), started_at=0), JOB, "http://here")
    assert answer["status"]["queue_details"]["code"] == "MAX_CONCURRENT_RUNS_REACHED"
    assert answer["start_time"] == 500


@pytest.mark.parametrize(
    ("state", "code", "kind"),
    [
        (State(TERMINATED, SUCCESS), "SUCCESS", "SUCCESS"),
        (State(TERMINATED, FAILED, "why"), "RUN_EXECUTION_ERROR", "CLIENT_ERROR"),
        (State(TERMINATED, CANCELED), "USER_CANCELED", "CLIENT_ERROR"),
        (State(TERMINATED, TIMEDOUT), "CANCELED", "CLIENT_ERROR"),
        (State(SKIPPED, TOO_MANY_RUNS), "MAX_CONCURRENT_RUNS_EXCEEDED", "CLIENT_ERROR"),
        (State(INTERNAL_ERROR, FAILED), "INTERNAL_ERROR", "INTERNAL_ERROR"),
    ],
)
def test_both_forms_of_a_state_say_the_same(state: State, code: str, kind: str) -> None:
    answer = run_answer(RUN.ended(state, 900), JOB, "http://here")
    assert answer["state"]["life_cycle_state"] == state.life_cycle
    assert answer["state"]["result_state"] == state.result
    assert answer["status"]["state"] == "TERMINATED"
    assert answer["status"]["termination_details"] == {"code": code, "type": kind, "message": state.message}
