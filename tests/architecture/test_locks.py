"""The locks hold what pyproject.toml declares, with hashes, and one version of a package on each side."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local.set_up.lock import APP, DEVELOPMENT, LOCAL, LOCKS

PIN = re.compile(r"^([a-zA-Z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def project(repo_root: Path) -> dict[str, Any]:
    return tomllib.loads((repo_root / "pyproject.toml").read_text())


def pins(lock: Path) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in PIN.findall(lock.read_text())}


@pytest.mark.parametrize(("lock", "group"), [(lock, group) for lock, _, group, _ in LOCKS])
def test_a_lock_holds_every_declared_dependency_in_a_version_that_is_allowed(
    repo_root: Path, project: dict[str, Any], lock: str, group: str
) -> None:
    declared = project["dependency-groups"][group] if group else project["project"]["dependencies"]
    locked = pins(repo_root / lock)
    for requirement in map(Requirement, declared):
        version = locked.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {lock}: make lock"
        assert version in requirement.specifier, f"{requirement} is locked to {version} in {lock}: make lock"


def test_every_declared_group_is_locked(project: dict[str, Any]) -> None:
    assert set(project["dependency-groups"]) == {group for _, _, group, _ in LOCKS if group}


@pytest.mark.parametrize("lock", [lock for lock, *_ in LOCKS])
def test_a_lock_hashes_every_package_and_names_no_address(repo_root: Path, lock: str) -> None:
    text = (repo_root / lock).read_text()
    packages = [block for block in re.split(r"\n(?=[a-z0-9])", text) if "==" in block.splitlines()[0]]
    assert packages
    assert [block.splitlines()[0] for block in packages if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_the_locks_of_the_apps_environment_agree_on_every_version(repo_root: Path) -> None:
    app, local, development = (pins(repo_root / lock) for lock in (APP, LOCAL, DEVELOPMENT))
    for name in (app.keys() & local.keys()) | ((app | local).keys() & development.keys()):
        assert len({lock[name] for lock in (app, local, development) if name in lock}) == 1, name


def test_both_sides_of_the_parquet_files_have_the_same_pandas_and_arrow(repo_root: Path) -> None:
    app, lakehouse = pins(repo_root / APP), pins(repo_root / "requirements/lakehouse.txt")
    assert [(name, app[name]) for name in ("pandas", "pyarrow")] == [
        (name, lakehouse[name]) for name in ("pandas", "pyarrow")
    ]


def test_the_pythons_of_the_locks_are_those_that_uv_and_pyenv_look_for(repo_root: Path) -> None:
    assert (repo_root / ".python-version").read_text().split() == ["3.13", "3.12"]
