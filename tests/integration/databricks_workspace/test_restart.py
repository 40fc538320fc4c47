"""What a stop, a kill and a dead worker leave behind."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PATIENCE = 20.0


@pytest.fixture
def workspace(make_workspace: Callable[..., Any]) -> Any:
    """A workspace of this test's own, to be killed."""
    return make_workspace("--without-spark")


def state_of(run: Any) -> tuple[str, str]:
    return run.state.life_cycle_state.value, run.state.result_state.value


def test_a_kill_forgets_no_run_and_no_token(workspace: Any, tmp_path: Path) -> None:
    ended = workspace.run_now("say", "ended")
    workspace.ended(ended)
    active = workspace.run_now("wait", "active", file="/nowhere")
    queued = workspace.run_now("wait", "queued", file=str(tmp_path / "file"))
    workspace.once(active, "RUNNING")
    (tmp_path / "file").touch()
    workspace.process.kill()
    workspace.start()
    assert state_of(workspace.ended(ended)) == ("TERMINATED", "SUCCESS")
    assert state_of(workspace.ended(active)) == ("INTERNAL_ERROR", "FAILED")
    assert state_of(workspace.ended(queued)) == ("TERMINATED", "SUCCESS")
    again = [
        workspace.run_now("say", "ended"),
        workspace.run_now("wait", "active"),
        workspace.run_now("wait", "queued"),
    ]
    assert again == [ended, active, queued]


def test_a_clean_stop_ends_what_was_under_way_as_a_kill_does(workspace: Any) -> None:
    active = workspace.run_now("wait", file="/nowhere")
    workspace.once(active, "RUNNING")
    workspace.process.stop()
    workspace.start()
    assert state_of(workspace.ended(active)) == ("INTERNAL_ERROR", "FAILED")


def test_no_worker_outlives_a_killed_workspace(workspace: Any) -> None:
    worker = psutil.Process(workspace.admin("GET", "worker")["pid"])
    os.kill(workspace.process.pid, signal.SIGKILL)
    worker.wait(PATIENCE)
    assert not worker.is_running()


def test_a_killed_worker_is_replaced_at_once(workspace: Any) -> None:
    workspace.ended(workspace.run_now("say"))
    pid = workspace.admin("GET", "worker")["pid"]
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while workspace.admin("GET", "worker")["pid"] in (pid, None):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert state_of(workspace.ended(workspace.run_now("say"))) == ("TERMINATED", "SUCCESS")


def test_a_worker_killed_under_its_task_is_an_internal_error(workspace: Any) -> None:
    run_id = workspace.run_now("wait", file="/nowhere")
    workspace.once(run_id, "RUNNING")
    os.kill(workspace.admin("GET", "worker")["pid"], signal.SIGKILL)
    assert state_of(workspace.ended(run_id)) == ("INTERNAL_ERROR", "FAILED")


def test_the_bearer_token_stays_the_same(workspace: Any) -> None:
    token = workspace.ready["token"]
    workspace.process.stop()
    workspace.start()
    assert workspace.ready["token"] == token
