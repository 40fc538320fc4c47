"""One command drops a file into the running world and says what became of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.supervisor.world import World

pytestmark = pytest.mark.integration

REPOSITORY = Path(__file__).resolve().parents[3]


def drop(world: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.drop", "--world", str(world), *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)


def test_a_dropped_file_is_followed_to_its_outcome(tmp_path: Path) -> None:
    file = tmp_path / "unheard_of.csv"
    file.write_text("a,b\n1,2\n")
    with World(tmp_path / "world", ("azurite", "service_bus", "host")):
        told = drop(tmp_path / "world", str(file), "--as", "nowhere/unheard_of.csv")
    assert told.stdout.splitlines()[:2] == [
        "dropped as landing/nowhere/unheard_of.csv",
        "refused (unknown_path), no source",
    ]
    assert told.returncode == 0


def test_without_a_world_it_says_how_to_start_one(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.touch()
    told = drop(tmp_path, str(file), "--as", "a.csv")
    assert (told.returncode, "make local" in told.stderr) == (1, True)


def test_a_file_that_fits_no_source_is_asked_its_place(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.touch()
    told = drop(tmp_path, str(file))
    assert (told.returncode, "--as" in told.stdout) == (2, True)
