"""The workspace as a process, driven by the unmodified Databricks SDK."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.service.jobs import Run

from local.supervisor.ports import free_ports
from local.supervisor.service import REPOSITORY
from local.supervisor.service_process import ServiceProcess
from local.supervisor.services import SERVICES

SAMPLE_BUNDLE = REPOSITORY / "tests" / "fixtures" / "sample_bundle"
PATIENCE = 30.0
ENDS = ("TERMINATED", "SKIPPED", "INTERNAL_ERROR")


class Workspace:
    """One workspace on one folder, which outlives its process."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        python = next(service.python() for service in SERVICES if service.name == "databricks_workspace")
        ready_file = folder / "ready.json"
        contract = ["--port", str(free_ports(1)[0]), "--ready-file", str(ready_file), "--exit-with-parent"]
        places = ["--bundle", str(SAMPLE_BUNDLE), "--lake", str(folder / "lake"), "--state-dir", str(folder / "state")]
        command = [python, "-m", "local.databricks_workspace", *contract, *places, *options]
        self.process = ServiceProcess("databricks_workspace", command, folder / "log", ready_file)

    def start(self) -> None:
        self.process.spawn()
        self.ready = self.process.wait_until_ready()
        self.client = WorkspaceClient(config=Config(host=self.ready["url"], token=self.ready["token"]))

    def run_now(self, job: str, token: str | None = None, **parameters: str) -> int:
        job_id = self.ready["jobs"][job]
        run = self.client.jobs.run_now(job_id, idempotency_token=token, job_parameters=parameters or None)
        return int(run.run_id)

    def once(self, run_id: int, *states: str) -> Run:
        """The run, as soon as its life-cycle state is one of these."""
        deadline = time.monotonic() + PATIENCE
        while True:
            run = self.client.jobs.get_run(run_id)
            if life_cycle(run) in states:
                return run
            assert time.monotonic() < deadline, f"the run stays {life_cycle(run)}"
            time.sleep(0.02)

    def ended(self, run_id: int) -> Run:
        return self.once(run_id, *ENDS)

    def admin(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.ready['token']}"}
        answer = urllib3.request(method, f"{self.ready['url']}/admin/{path}", json=body, headers=headers)
        assert answer.status == 200
        return answer.json()

    def log_of(self, run_id: int) -> str:
        return (self.folder / "state" / "logs" / f"{run_id}.log").read_text()


def life_cycle(run: Run) -> str:
    assert run.state is not None
    assert run.state.life_cycle_state is not None
    return run.state.life_cycle_state.value


@pytest.fixture(scope="session")
def make_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Workspace]]:
    """Starts a workspace with these options; all are stopped at the end."""
    made: list[Workspace] = []

    def make(*options: str) -> Workspace:
        made.append(Workspace(tmp_path_factory.mktemp("workspace"), *options))
        made[-1].start()
        return made[-1]

    yield make
    for workspace in made:
        workspace.process.stop()


@pytest.fixture(scope="session")
def workspace(make_workspace: Callable[..., Workspace]) -> Workspace:
    """One workspace that most tests share; no task of theirs needs Spark."""
    return make_workspace("--without-spark")
