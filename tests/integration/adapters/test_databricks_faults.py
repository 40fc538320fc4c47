"""A Databricks workspace that is throttled, mute, down, or does not know us."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from local.supervisor.ports import free_ports
from local.supervisor.service import REPOSITORY
from local.supervisor.service_process import ServiceProcess
from local.supervisor.services import SERVICES
from shared.adapters.databricks_jobs import DatabricksJobs
from shared.errors import PermanentError, ThrottledError, TransientError
from shared.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SETTINGS = {
    "RCM_MODE": "local",
    "RCM_STORAGE": "x",
    "RCM_STORAGE_ROOT": "x",
    "RCM_SERVICE_BUS": "x",
    "RCM_LAKE_ROOT": "x",
}
RUN_NOW, GET_RUN = "/jobs/run-now", "/jobs/runs/get"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder: Path = tmp_path_factory.mktemp("workspace")
    python = next(service.python() for service in SERVICES if service.name == "databricks_workspace")
    bundle = REPOSITORY / "tests" / "fixtures" / "sample_bundle"
    places = ["--bundle", str(bundle), "--lake", str(folder / "lake"), "--state-dir", str(folder / "state")]
    contract = ["--ready-file", str(folder / "ready.json"), "--exit-with-parent", "--without-spark"]
    command = [python, "-m", "local.databricks_workspace", *places, *contract]
    process = ServiceProcess("workspace", command, folder / "log", folder / "ready.json")
    process.spawn()
    yield process.wait_until_ready()
    process.stop()


@pytest.fixture
def plan_fault(ready: dict[str, Any]) -> Iterator[Callable[..., None]]:
    """Asks the workspace for a fault; none is left over for the next test."""
    headers = {"Authorization": f"Bearer {ready['token']}"}
    faults = f"{ready['url']}/admin/faults"

    def plan(status: int, path: str, **more: object) -> None:
        body = {"status": status, "path": path, **more}
        assert urllib3.request("POST", faults, json=body, headers=headers).status == 200

    yield plan
    urllib3.request("DELETE", faults, headers=headers)


def settings_for(host: str, token: str, jobs: dict[str, int]) -> Settings:
    given = Settings.from_env({**SETTINGS, "RCM_DATABRICKS_HOST": host, "RCM_DATABRICKS_TOKEN": token})
    return replace(given, databricks_jobs=jobs)


@pytest.fixture
def jobs(ready: dict[str, Any]) -> DatabricksJobs:
    return DatabricksJobs(settings_for(ready["url"], ready["token"], ready["jobs"]))


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


def test_a_refused_token_is_tried_afresh_once_and_then_parked(ready: dict[str, Any], token: str) -> None:
    jobs = DatabricksJobs(settings_for(ready["url"], "expired", ready["jobs"]))
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


def test_a_job_that_is_gone_is_parked(ready: dict[str, Any], token: str) -> None:
    jobs = DatabricksJobs(settings_for(ready["url"], ready["token"], {"say": 1}))
    with pytest.raises(PermanentError):
        jobs.start("say", token, {})


def test_a_workspace_that_is_down_may_come_back(token: str) -> None:
    (port,) = free_ports(1)
    jobs = DatabricksJobs(settings_for(f"http://127.0.0.1:{port}", "token", {"say": 1}))
    started = time.monotonic()
    with pytest.raises(TransientError):
        jobs.start("say", token, {})
    assert time.monotonic() - started < 60
