"""The tree holds nothing of the machine it was written on, and no address of a package registry."""

import re
import subprocess
from pathlib import Path

import pytest

REGISTRIES = re.compile(
    rb"pypi\.(?:org|io)|pythonhosted\.org|npmjs\.(?:org|com)|maven\.org|maven\.apache\.org/maven2|spark-packages\.org"
)
MACHINE_PATHS = re.compile(rb"/(?:work|root|home/\w+|Users/\w+)/|/tmp/(?:brief|dev|bash_jobs)\b")


@pytest.fixture(scope="module")
def tracked_files(repo_root: Path) -> list[Path]:
    """What a clone holds, text and binary."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repo_root, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := repo_root / name).is_file()]


def test_no_file_names_a_package_registry(tracked_files: list[Path]) -> None:
    assert found(REGISTRIES, tracked_files) == []


def test_no_file_names_a_path_of_somebodys_machine(tracked_files: list[Path]) -> None:
    assert found(MACHINE_PATHS, tracked_files) == []


def found(pattern: re.Pattern[bytes], files: list[Path]) -> list[str]:
    return [f"{path}: {match.group().decode()}" for path in files for match in pattern.finditer(path.read_bytes())]
