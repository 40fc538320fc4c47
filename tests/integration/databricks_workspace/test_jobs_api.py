"""The Jobs API as the SDK meets it."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import InvalidParameterValue, InvalidState, ResourceDoesNotExist, Unauthenticated
from databricks.sdk.service.jobs import Run

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def told(run: Run) -> tuple[str, str | None, str | None]:
    state = run.state
    assert state is not None
    assert state.life_cycle_state is not None
    return state.life_cycle_state.value, state.result_state.value if state.result_state else None, state.state_message


def results(run: Run) -> dict[str, str]:
    return {
        task.task_key: task.state.result_state.value
        for task in run.tasks or ()
        if task.state and task.state.result_state
    }


def test_jobs_are_those_of_the_bundle(workspace: Any) -> None:
    listed = {job.settings.name: job.job_id for job in workspace.client.jobs.list(limit=2)}
    assert listed["copy_files"] == workspace.ready["jobs"]["copy_files"]
    assert len(listed) == len(workspace.ready["jobs"])
    (found,) = workspace.client.jobs.list(name="COPY_FILES")
    tasks = workspace.client.jobs.get(found.job_id).settings.tasks
    assert [task.task_key for task in tasks] == ["first", "second"]


def test_a_run_gets_its_parameters_and_ends_well(workspace: Any) -> None:
    run_id = workspace.run_now("say", text="good evening")
    run = workspace.ended(run_id)
    assert told(run) == ("TERMINATED", "SUCCESS", "")
    assert workspace.log_of(run_id) == f"--- say\nsay good evening {run_id} say\n"
    assert run.end_time >= run.start_time > 0


def test_a_default_stands_in_for_a_parameter_that_is_not_given(workspace: Any) -> None:
    run_id = workspace.run_now("say")
    workspace.ended(run_id)
    assert "good morning" in workspace.log_of(run_id)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("value_error", "Task fails failed: ValueError"),
        ("record_error", "Task fails failed: RecordError (bad_record)"),
        ("exit", "Task fails failed: SystemExit (3)"),
    ],
)
def test_a_failed_task_is_told_by_type_and_code_and_never_by_its_data(workspace: Any, how: str, message: str) -> None:
    run = workspace.ended(workspace.run_now("fail", how=how))
    assert told(run) == ("TERMINATED", "FAILED", message)
    assert results(run) == {"fails": "FAILED", "after": "UPSTREAM_FAILED", "apart": "SUCCESS"}
    failed = next(task for task in run.tasks if task.task_key == "fails")
    assert workspace.client.jobs.get_run_output(failed.run_id).error == message
    assert "Smith" not in str(run.as_dict())


def test_the_whole_trace_is_in_the_local_log(workspace: Any) -> None:
    run_id = workspace.run_now("fail")
    workspace.ended(run_id)
    assert "ValueError: Smith, 1937-06-04" in workspace.log_of(run_id)


def test_a_task_that_takes_its_worker_down_is_an_internal_error_and_the_next_goes_on(workspace: Any) -> None:
    run = workspace.ended(workspace.run_now("fail", how="crash"))
    assert told(run) == ("INTERNAL_ERROR", "FAILED", "Task fails failed: the worker died")
    assert results(run)["apart"] == "SUCCESS"


def test_a_task_that_takes_too_long_is_ended_and_tried_again_as_often_as_the_job_says(workspace: Any) -> None:
    run = workspace.ended(workspace.run_now("wait_shortly", file="/nowhere"))
    assert told(run)[:2] == ("TERMINATED", "FAILED")
    assert [(task.state.result_state.value, task.attempt_number) for task in run.tasks] == [("TIMEDOUT", 1)]


def test_a_run_that_takes_too_long_is_ended(workspace: Any) -> None:
    run = workspace.ended(workspace.run_now("wait_in_time", file="/nowhere"))
    assert told(run) == ("TERMINATED", "TIMEDOUT", "the run took longer than its timeout_seconds")


def test_a_run_beyond_the_most_at_once_waits_in_the_queue(workspace: Any, tmp_path: Path) -> None:
    first = workspace.run_now("wait", file=str(tmp_path / "first"))
    second = workspace.run_now("wait", file=str(tmp_path / "second"))
    workspace.once(first, "RUNNING")
    assert told(workspace.client.jobs.get_run(second))[0] == "QUEUED"
    (tmp_path / "first").touch()
    assert told(workspace.ended(first))[1] == "SUCCESS"
    workspace.once(second, "RUNNING")
    (tmp_path / "second").touch()
    assert told(workspace.ended(second))[1] == "SUCCESS"


def test_a_job_without_a_queue_skips_instead(workspace: Any, tmp_path: Path) -> None:
    first = workspace.run_now("wait_alone", file=str(tmp_path / "file"))
    second = workspace.run_now("wait_alone", file=str(tmp_path / "file"))
    assert told(workspace.ended(second))[:2] == ("SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED")
    (tmp_path / "file").touch()
    assert told(workspace.ended(first))[1] == "SUCCESS"


def test_a_cancelled_run_frees_the_worker_and_a_queued_one_never_starts(workspace: Any) -> None:
    first, second = workspace.run_now("wait", file="/nowhere"), workspace.run_now("wait", file="/nowhere")
    workspace.once(first, "RUNNING")
    workspace.client.jobs.cancel_run(second)
    workspace.client.jobs.cancel_run(first)
    for run_id in (first, second):
        run = workspace.ended(run_id)
        assert told(run)[:2] == ("TERMINATED", "CANCELED")
        assert run.status.termination_details.code.value == "USER_CANCELED"
    assert told(workspace.ended(workspace.run_now("say")))[1] == "SUCCESS"


def test_a_token_is_taken_once_in_the_whole_workspace(workspace: Any) -> None:
    token = uuid4().hex * 2
    run_id = workspace.run_now("say", token)
    workspace.ended(run_id)
    assert workspace.run_now("say", token) == run_id
    with pytest.raises(InvalidParameterValue, match="64"):
        workspace.run_now("say", token + "x")


def test_runs_are_listed_newest_first_by_state(workspace: Any, tmp_path: Path) -> None:
    done = [workspace.run_now("say") for _ in range(3)]
    for run_id in done:
        workspace.ended(run_id)
    active = workspace.run_now("wait", file=str(tmp_path / "file"))
    say = workspace.ready["jobs"]["say"]
    listed = [run.run_id for run in workspace.client.jobs.list_runs(job_id=say, limit=2, completed_only=True)]
    assert listed[:3] == done[::-1]
    assert [run.run_id for run in workspace.client.jobs.list_runs(active_only=True)] == [active]
    (tmp_path / "file").touch()
    workspace.ended(active)


def test_only_an_ended_run_can_be_deleted(workspace: Any, tmp_path: Path) -> None:
    run_id = workspace.run_now("wait", file=str(tmp_path / "file"))
    with pytest.raises(InvalidState):
        workspace.client.jobs.delete_run(run_id)
    (tmp_path / "file").touch()
    workspace.ended(run_id)
    workspace.client.jobs.delete_run(run_id)
    with pytest.raises(ResourceDoesNotExist):
        workspace.client.jobs.get_run(run_id)


def test_what_does_not_exist_or_does_not_fit_is_refused(workspace: Any) -> None:
    with pytest.raises(ResourceDoesNotExist):
        workspace.client.jobs.get_run(999_000)
    with pytest.raises(ResourceDoesNotExist):
        workspace.client.jobs.get(1)
    with pytest.raises(InvalidParameterValue, match="does not exist"):
        workspace.client.jobs.run_now(1)
    with pytest.raises(InvalidParameterValue, match="no parameters other"):
        workspace.run_now("say", other="x")


def test_a_wrong_bearer_token_is_refused(workspace: Any) -> None:
    stranger = WorkspaceClient(config=Config(host=workspace.ready["url"], token="wrong"))
    with pytest.raises(Unauthenticated):
        stranger.jobs.get_run(1_000)


def test_the_api_answers_while_a_task_works(workspace: Any, tmp_path: Path) -> None:
    run_id = workspace.run_now("wait", file=str(tmp_path / "file"))
    workspace.once(run_id, "RUNNING")
    started = time.monotonic()
    list(workspace.client.jobs.list())
    assert time.monotonic() - started < 2
    (tmp_path / "file").touch()
    workspace.ended(run_id)
