"""The warm worker with a real Spark session."""

import os
import signal
from collections.abc import Callable
from typing import Any

import psutil
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.spark, pytest.mark.slow]


def java_below(pid: int) -> psutil.Process:
    return next(child for child in psutil.Process(pid).children(recursive=True) if "java" in child.name())


def test_one_session_serves_all_runs_and_ends_with_the_workspace(make_workspace: Callable[..., Any]) -> None:
    workspace = make_workspace()
    first = workspace.run_now("count")
    assert workspace.ended(first).state.result_state.value == "SUCCESS"
    assert "counted 1000" in workspace.log_of(first)
    java = java_below(workspace.admin("GET", "worker")["pid"])
    assert workspace.ended(workspace.run_now("count")).state.result_state.value == "SUCCESS"
    assert java_below(workspace.admin("GET", "worker")["pid"]).pid == java.pid
    os.kill(workspace.process.pid, signal.SIGKILL)
    java.wait(30)
    assert not java.is_running()
