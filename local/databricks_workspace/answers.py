"""What the Jobs API 2.2 says of jobs and runs, as JSON."""

from collections.abc import Mapping
from typing import Any

from local.databricks_workspace.bundle import Job
from local.databricks_workspace.runs import (
    CANCELED,
    FAILED,
    INTERNAL_ERROR,
    QUEUED,
    SUCCESS,
    TERMINATED,
    TIMEDOUT,
    TOO_MANY_RUNS,
    UPSTREAM_CANCELED,
    UPSTREAM_FAILED,
    Run,
    State,
    TaskRun,
)

TERMINATIONS = {
    SUCCESS: ("SUCCESS", "SUCCESS"),
    FAILED: ("RUN_EXECUTION_ERROR", "CLIENT_ERROR"),
    TIMEDOUT: ("CANCELED", "CLIENT_ERROR"),
    CANCELED: ("USER_CANCELED", "CLIENT_ERROR"),
    UPSTREAM_FAILED: ("SKIPPED", "CLIENT_ERROR"),
    UPSTREAM_CANCELED: ("SKIPPED", "CLIENT_ERROR"),
    TOO_MANY_RUNS: ("MAX_CONCURRENT_RUNS_EXCEEDED", "CLIENT_ERROR"),
}
INTERNAL_TERMINATION = ("INTERNAL_ERROR", "INTERNAL_ERROR")


def job_answer(job: Job) -> dict[str, Any]:
    """One job, as `jobs/get` and `jobs/list` show it."""
    return {
        "job_id": job.job_id,
        "creator_user_name": "local",
        "settings": {
            "name": job.name,
            "max_concurrent_runs": job.max_concurrent_runs,
            "queue": {"enabled": job.is_queued},
            "parameters": [{"name": name, "default": default} for name, default in job.parameters.items()],
            "tasks": [_task_settings(job, task.key) for task in job.tasks],
        },
    }


def run_answer(run: Run, job: Job, address: str) -> dict[str, Any]:
    """One run with its tasks, as `runs/get` shows it."""
    return {
        **_state(run.state),
        **_times(run.started_at or run.requested_at, run.ended_at),
        "job_id": run.job_id,
        "run_id": run.run_id,
        "job_run_id": run.run_id,
        "number_in_job": run.number_in_job,
        "original_attempt_run_id": run.run_id,
        "creator_user_name": "local",
        "run_name": job.name,
        "run_page_url": f"{address}/jobs/{run.job_id}/runs/{run.run_id}",
        "run_type": "JOB_RUN",
        "trigger": "ONE_TIME",
        "queue_duration": max(0, run.started_at - run.requested_at),
        "job_parameters": [
            {"name": name, "default": default, "value": run.parameters.get(name, default)}
            for name, default in job.parameters.items()
        ],
        "tasks": [_task_answer(task, job) for task in run.tasks],
    }


def output_answer(run: Run, task: TaskRun, job: Job, address: str) -> dict[str, Any]:
    """How one task ended, as `runs/get-output` shows it. The trace stays in the local log: it may quote records."""
    error = {"error": task.state.message} if task.state.message else {}
    return {"metadata": {**run_answer(run, job, address), **_task_answer(task, job)}, **error}


def _task_answer(task: TaskRun, job: Job) -> dict[str, Any]:
    return {
        **_task_settings(job, task.task_key),
        **_state(task.state),
        **_times(task.started_at, task.ended_at),
        "run_id": task.run_id,
        "attempt_number": task.attempt_number,
    }


def _task_settings(job: Job, task_key: str) -> dict[str, Any]:
    task = next(task for task in job.tasks if task.key == task_key)
    return {
        "task_key": task.key,
        "depends_on": [{"task_key": upstream} for upstream in task.depends_on],
        "python_wheel_task": {
            "package_name": task.package_name,
            "entry_point": task.entry_point,
            "parameters": list(task.parameters),
        },
    }


def _state(state: State) -> dict[str, Any]:
    """Both forms that a run's state has in 2.2: `state` and the newer `status`."""
    result = {"result_state": state.result} if state.result else {}
    answer: dict[str, Any] = {
        "state": {
            "life_cycle_state": state.life_cycle,
            **result,
            "state_message": state.message,
            "user_cancelled_or_timedout": state.result in (CANCELED, TIMEDOUT),
        },
        "status": {"state": TERMINATED if state.is_over else state.life_cycle},
    }
    if state.is_over:
        answer["status"]["termination_details"] = _termination(state)
    if state.life_cycle == QUEUED:
        answer["state"]["queue_reason"] = "Queued due to reaching maximum concurrent runs of the job."
        answer["status"]["queue_details"] = {"code": "MAX_CONCURRENT_RUNS_REACHED", "message": ""}
    return answer


def _termination(state: State) -> Mapping[str, str]:
    is_ours = state.life_cycle == INTERNAL_ERROR
    code, kind = INTERNAL_TERMINATION if is_ours else TERMINATIONS[state.result or ""]
    return {"code": code, "type": kind, "message": state.message}


def _times(started_at: int, ended_at: int) -> dict[str, int]:
    duration = max(0, ended_at - started_at) if ended_at else 0
    return {
        "start_time": started_at,
        "end_time": ended_at,
        "setup_duration": 0,
        "execution_duration": duration,
        "cleanup_duration": 0,
        "run_duration": duration,
    }
