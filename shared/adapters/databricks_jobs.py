"""Databricks' jobs over its REST API, through the Databricks SDK."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound, ResourceDoesNotExist, Unauthenticated

from shared.adapters.databricks_access import connect, translated
from shared.errors import ConfigurationError, PermanentError
from shared.model.databricks_run import ReportedState
from shared.settings import Settings

GET_RUN = "/api/2.2/jobs/runs/get"


class DatabricksJobs:
    """Fulfils `LakehouseJobs`. Connects at the first call, and again when a token is refused.

    Runs are told by Databricks' own words, read from the answer itself: the SDK's types drop states they do not know.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def start(self, databricks_job: str, token: str, parameters: Mapping[str, str]) -> int:
        job_id = self._settings.databricks_jobs.get(databricks_job)
        if job_id is None:
            known = ", ".join(sorted(self._settings.databricks_jobs))
            raise ConfigurationError("unknown_databricks_job", f"RCM_DATABRICKS_JOBS knows {known}")
        return self._call(
            lambda client: int(
                client.jobs.run_now(job_id, idempotency_token=token, job_parameters=dict(parameters)).run_id
            )
        )

    def state(self, databricks_run_id: int) -> ReportedState | None:
        def get(client: WorkspaceClient) -> ReportedState | None:
            try:
                return reported_state(_get(client, GET_RUN, run_id=databricks_run_id))
            except (NotFound, ResourceDoesNotExist):
                return None

        return self._call(get)

    def cancel(self, databricks_run_id: int) -> None:
        self._call(lambda client: client.jobs.cancel_run(databricks_run_id))

    @cached_property
    def _client(self) -> WorkspaceClient:
        return connect(self._settings.databricks_host, self._settings.databricks_token)

    def _call[Answer](self, call: Callable[[WorkspaceClient], Answer]) -> Answer:
        with translated():
            try:
                return call(self._client)
            except Unauthenticated:
                self.__dict__.pop("_client", None)
                return call(self._client)


def _get(client: WorkspaceClient, path: str, **query: object) -> Mapping[str, Any]:
    answer = client.api_client.do("GET", path, query=query)
    if not isinstance(answer, dict):
        raise PermanentError("databricks_answer", "not an object")
    return answer


def reported_state(run: Mapping[str, Any]) -> ReportedState:
    """What `runs/get` says, in its own words."""
    state = run.get("state") or {}
    if "life_cycle_state" not in state:
        raise PermanentError("databricks_answer", "a run without a life_cycle_state")
    return ReportedState(
        databricks_run_id=int(run["run_id"]),
        life_cycle_state=state["life_cycle_state"],
        result_state=state.get("result_state"),
        started_at=datetime.fromtimestamp(run["start_time"] / 1000, UTC) if run.get("start_time") else None,
        task_states={task["task_key"]: _task_state(task.get("state") or {}) for task in run.get("tasks") or ()},
    )


def _task_state(state: Mapping[str, str]) -> str:
    return state.get("result_state") or state.get("life_cycle_state") or ""
