"""Leftovers of an earlier supervisor are ended, and nobody else."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.supervisor.sweep import remember, sweep

pytestmark = pytest.mark.integration


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_a_process_written_down_is_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    notes = tmp_path / "processes.json"
    remember(notes, [sleeper.pid])
    assert sweep(notes) == 1
    assert not psutil.pid_exists(sleeper.pid)
    assert not notes.exists()


def test_a_later_process_with_the_same_pid_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    notes = tmp_path / "processes.json"
    started = psutil.Process(sleeper.pid).create_time() - 60
    notes.write_text(json.dumps([{"pid": sleeper.pid, "started": started}]))
    assert sweep(notes) == 0
    assert sleeper.poll() is None
