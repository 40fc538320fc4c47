"""What every LakehouseJobs does. Runs on the fake and on the Databricks adapter against the local workspace.

Sources differ on whether Databricks answers with the old run when the token of an *ended* run comes again; the
workspace does, and the fake can do both. Databricks forgets a run's history after some weeks, the workspace never.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest

from local.supervisor.service_process import ServiceProcess
from shared.adapters.databricks_access import connect
from shared.adapters.databricks_jobs import DatabricksJobs
from shared.errors import ConfigurationError, PermanentError
from shared.model.databricks_run import ReportedState
from shared.ports import LakehouseJobs
from shared.settings import Settings
from shared.testing.fake_lakehouse_jobs import FakeLakehouseJobs

JOB = "wait"  # its only task ends when a file appears
PATIENCE = 10.0
SETTINGS = {
    "RCM_MODE": "local",
    "RCM_STORAGE": "x",
    "RCM_STORAGE_ROOT": "x",
    "RCM_SERVICE_BUS": "x",
    "RCM_LAKE_ROOT": "x",
}


class Lakehouse(Protocol):
    """The jobs under test, and what happens on their far side."""

    jobs: LakehouseJobs

    def start(self, token: str) -> int: ...
    def let_end(self, token: str) -> None: ...
    def forget(self, databricks_run_id: int) -> None: ...


class FakeLakehouse:
    def __init__(self) -> None:
        self.fake = FakeLakehouseJobs(jobs=(JOB,))
        self.jobs: LakehouseJobs = self.fake

    def start(self, token: str) -> int:
        return self.jobs.start(JOB, token, {})

    def let_end(self, token: str) -> None:
        self.fake.finish(self.fake.tokens[token])

    def forget(self, databricks_run_id: int) -> None:
        self.fake.forget(databricks_run_id)


class RealLakehouse:
    def __init__(self, settings: Settings, folder: Path) -> None:
        self.jobs: LakehouseJobs = DatabricksJobs(settings)
        self._access = (settings.databricks_host, settings.databricks_token)
        self._folder = folder

    def start(self, token: str) -> int:
        return self.jobs.start(JOB, token, {"file": str(self._folder / token)})

    def let_end(self, token: str) -> None:
        (self._folder / token).touch()

    def forget(self, databricks_run_id: int) -> None:
        connect(*self._access).jobs.delete_run(databricks_run_id)


@pytest.fixture
def settings(workspace: ServiceProcess) -> Settings:
    ready = workspace.wait_until_ready()
    given = Settings.from_env({**SETTINGS, "RCM_DATABRICKS_HOST": ready["url"], "RCM_DATABRICKS_TOKEN": ready["token"]})
    return replace(given, databricks_jobs=ready["jobs"])


@pytest.fixture(params=["fake", pytest.param("workspace", marks=pytest.mark.integration)])
def lakehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Lakehouse:
    if request.param == "fake":
        return FakeLakehouse()
    return RealLakehouse(request.getfixturevalue("settings"), tmp_path)


@pytest.fixture
def token() -> str:
    """64 characters, the most that Databricks takes."""
    return uuid4().hex * 2


def state_once(lakehouse: Lakehouse, run: int, told: Callable[[ReportedState], object]) -> ReportedState:
    """The first state of which `told` holds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        state = lakehouse.jobs.state(run)
        assert state is not None
        if told(state):
            return state
        assert time.monotonic() < deadline, f"the run stays {state.life_cycle_state}"
        time.sleep(0.02)


def ended(lakehouse: Lakehouse, run: int) -> ReportedState:
    return state_once(lakehouse, run, lambda state: state.life_cycle_state in ("TERMINATED", "INTERNAL_ERROR"))


def test_a_started_run_is_under_way_and_then_succeeds(lakehouse: Lakehouse, token: str) -> None:
    run = lakehouse.start(token)
    state = lakehouse.jobs.state(run)
    assert state is not None
    assert (state.databricks_run_id, state.result_state) == (run, None)
    assert state.life_cycle_state in ("QUEUED", "PENDING", "RUNNING")
    assert state.started_at is not None
    assert state.started_at.utcoffset() is not None
    lakehouse.let_end(token)
    state = ended(lakehouse, run)
    assert (state.life_cycle_state, state.result_state) == ("TERMINATED", "SUCCESS")


def test_the_same_token_gives_the_same_run_also_after_it_ended(lakehouse: Lakehouse, token: str) -> None:
    run = lakehouse.start(token)
    assert lakehouse.start(token) == run
    lakehouse.let_end(token)
    ended(lakehouse, run)
    assert lakehouse.start(token) == run


def test_another_token_gives_another_run(lakehouse: Lakehouse, token: str) -> None:
    other = token[::-1]
    assert lakehouse.start(token) != lakehouse.start(other)
    lakehouse.let_end(token)
    lakehouse.let_end(other)


def test_a_second_run_of_a_job_queues_until_the_first_has_ended(lakehouse: Lakehouse, token: str) -> None:
    first, second = lakehouse.start(token), lakehouse.start(token[::-1])
    state = lakehouse.jobs.state(second)
    assert state is not None
    assert state.life_cycle_state == "QUEUED"
    lakehouse.let_end(token)
    ended(lakehouse, first)
    state_once(lakehouse, second, lambda state: state.life_cycle_state != "QUEUED")
    lakehouse.let_end(token[::-1])
    ended(lakehouse, second)


def test_a_cancelled_run_ends_as_cancelled(lakehouse: Lakehouse, token: str) -> None:
    run = lakehouse.start(token)
    lakehouse.jobs.cancel(run)
    state = ended(lakehouse, run)
    assert (state.life_cycle_state, state.result_state) == ("TERMINATED", "CANCELED")


def test_cancelling_a_run_that_has_ended_changes_nothing(lakehouse: Lakehouse, token: str) -> None:
    run = lakehouse.start(token)
    lakehouse.let_end(token)
    before = ended(lakehouse, run)
    lakehouse.jobs.cancel(run)
    assert lakehouse.jobs.state(run) == before


def test_a_run_that_nobody_knows_has_no_state_and_can_not_be_cancelled(lakehouse: Lakehouse) -> None:
    assert lakehouse.jobs.state(999_999_000) is None
    with pytest.raises(PermanentError):
        lakehouse.jobs.cancel(999_999_000)


def test_a_run_whose_history_is_gone_has_no_state_and_its_token_starts_nothing(
    lakehouse: Lakehouse, token: str
) -> None:
    run = lakehouse.start(token)
    lakehouse.let_end(token)
    ended(lakehouse, run)
    lakehouse.forget(run)
    assert lakehouse.jobs.state(run) is None
    with pytest.raises(PermanentError):
        lakehouse.start(token)


def test_a_job_that_is_not_named_in_the_settings_is_a_wrong_configuration(lakehouse: Lakehouse, token: str) -> None:
    with pytest.raises(ConfigurationError):
        lakehouse.jobs.start("nothing", token, {})


def test_a_token_that_is_too_long_is_refused(lakehouse: Lakehouse, token: str) -> None:
    with pytest.raises(PermanentError):
        lakehouse.start(token + "x")


def test_parameters_that_are_too_long_are_refused(lakehouse: Lakehouse, token: str) -> None:
    with pytest.raises(PermanentError):
        lakehouse.jobs.start(JOB, token, {"file": "x" * 10_001})
