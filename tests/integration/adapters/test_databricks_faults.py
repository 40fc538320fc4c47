"""A Databricks workspace that is throttled, mute, down, or does not know us."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from local.supervisor.ports import free_ports
from shared.adapters.databricks_jobs import DatabricksJobs
from shared.errors import PermanentError, ThrottledError, TransientError
from shared.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.slow]

RUN_NOW, GET_RUN = "/jobs/run-now", "/jobs/runs/get"


@pytest.fixture
def plan_fault(workspace_ready: dict[str, Any]) -> Iterator[Callable[..., None]]:
    """Asks the workspace for a fault; none is left over for the next test."""
    headers = {"Authorization": f"Bearer {workspace_ready['token']}"}
    faults = f"{workspace_ready['url']}/admin/faults"

    def plan(status: int, path: str, **more: object) -> None:
        body = {"status": status, "path": path, **more}
        assert urllib3.request("POST", faults, json=body, headers=headers).status == 200

    yield plan
    urllib3.request("DELETE", faults, headers=headers)


@pytest.fixture
def jobs(workspace_settings: Settings) -> DatabricksJobs:
    return DatabricksJobs(workspace_settings)


@pytest.fixture
def token() -> str:
    return uuid4().hex * 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_wait_is_waited_out(jobs: DatabricksJobs, plan_fault: Any, token: str, status: int) -> None:
    plan_fault(status, RUN_NOW, retry_after=0)
    assert jobs.start("say", token, {}) > 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_long_wait_is_left_to_the_caller(jobs: DatabricksJobs, plan_fault: Any, token: str, status: int) -> None:
    plan_fault(status, RUN_NOW, retry_after=300)
    started = time.monotonic()
    with pytest.raises(ThrottledError) as raised:
        jobs.start("say", token, {})
    assert raised.value.retry_after is not None
    assert raised.value.retry_after >= 300
    assert time.monotonic() - started < 10


def test_a_start_whose_answer_was_lost_starts_nothing_twice(jobs: DatabricksJobs, plan_fault: Any, token: str) -> None:
    plan_fault(500, RUN_NOW, phase="after")
    with pytest.raises(TransientError):
        jobs.start("say", token, {})
    first = jobs.start("say", token, {})
    assert jobs.start("say", token, {}) == first


def test_a_start_that_the_sdk_itself_repeats_starts_nothing_twice(
    jobs: DatabricksJobs, plan_fault: Any, token: str
) -> None:
    plan_fault(503, RUN_NOW, phase="after", retry_after=0)
    first = jobs.start("say", token, {})
    assert jobs.start("say", token, {}) == first


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_may_pass(jobs: DatabricksJobs, plan_fault: Any, status: int) -> None:
    plan_fault(status, GET_RUN)
    with pytest.raises(TransientError):
        jobs.state(1_000)


def test_a_refused_token_is_tried_afresh_once_and_then_parked(workspace_settings: Settings, token: str) -> None:
    jobs = DatabricksJobs(replace(workspace_settings, databricks_token="expired"))
    with pytest.raises(PermanentError) as raised:
        jobs.start("say", token, {})
    assert raised.value.code == "databricks_forbidden"


def test_a_token_refused_once_is_no_fault(jobs: DatabricksJobs, plan_fault: Any, token: str) -> None:
    plan_fault(401, RUN_NOW)
    assert jobs.start("say", token, {}) > 0


def test_a_forbidden_job_is_parked(jobs: DatabricksJobs, plan_fault: Any, token: str) -> None:
    plan_fault(403, RUN_NOW)
    with pytest.raises(PermanentError):
        jobs.start("say", token, {})


def test_a_job_that_is_gone_is_parked(workspace_settings: Settings, token: str) -> None:
    jobs = DatabricksJobs(replace(workspace_settings, databricks_jobs={"say": 1}))
    with pytest.raises(PermanentError):
        jobs.start("say", token, {})


def test_a_workspace_that_is_down_may_come_back(workspace_settings: Settings, token: str) -> None:
    (port,) = free_ports(1)
    jobs = DatabricksJobs(replace(workspace_settings, databricks_host=f"http://127.0.0.1:{port}"))
    started = time.monotonic()
    with pytest.raises(TransientError):
        jobs.start("say", token, {})
    assert time.monotonic() - started < 60
