"""The bundle's YAML, checked without a workspace: what a deployment would refuse, and what it would not notice."""

import ast
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from databricks.sdk.service.jobs import JobSettings
from hatchling.builders.wheel import WheelBuilder

BUNDLE = Path(__file__).parents[3] / "databricks"
PARAMETERS = {
    "rcm_medallion": {"manifest_uri", "report_uri", "storage_root", "lake_root", "token", "as_of_date"},
    "rcm_governance": {"catalog", "lake_root"},
    "rcm_maintenance": {"lake_root"},
}
"""Of the medallion what the function app sends, and the day the figures are of."""


def _yaml(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


SETTINGS = _yaml(BUNDLE / "databricks.yml")
BUNDLE_LEVELS = {"CAN_VIEW", "CAN_RUN", "CAN_MANAGE"}
"""Levels that permissions of a whole bundle may have; a job's own are others."""

PROJECT = tomllib.loads((BUNDLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
JOBS = {
    name: job
    for pattern in SETTINGS["include"]
    for path in BUNDLE.glob(pattern)
    for name, job in _yaml(path)["resources"]["jobs"].items()
}


@pytest.fixture(params=list(JOBS.values()), ids=list(JOBS))
def job(request: pytest.FixtureRequest) -> dict[str, Any]:
    settings: dict[str, Any] = request.param
    return settings


def test_every_field_of_a_job_is_one_that_the_jobs_api_knows(job: dict[str, Any]) -> None:
    assert JobSettings.from_dict(job).as_dict() == job


def test_a_misspelt_field_would_be_seen() -> None:
    wrong = {"name": "x", "tasks": [{"task_key": "a", "python_wheel_task": {"package": "rcm_lakehouse"}}]}
    assert JobSettings.from_dict(wrong).as_dict() != wrong


def test_one_run_at_a_time_and_the_others_wait(job: dict[str, Any]) -> None:
    assert (job["max_concurrent_runs"], job["queue"]) == (1, {"enabled": True})


def test_every_task_finds_its_environment_and_the_tasks_it_waits_for(job: dict[str, Any]) -> None:
    environments = {environment["environment_key"] for environment in job["environments"]}
    seen: set[str] = set()
    for task in job["tasks"]:
        assert task["environment_key"] in environments
        assert {upstream["task_key"] for upstream in task.get("depends_on", [])} <= seen
        seen.add(task["task_key"])


def test_the_medallion_goes_from_bronze_to_what_is_published() -> None:
    tasks = JOBS["rcm_medallion"]["tasks"]
    assert [task["task_key"] for task in tasks] == ["bronze", "silver", "master", "ledger", "gold", "publish", "trace"]
    waits = [[upstream["task_key"] for upstream in task.get("depends_on", [])] for task in tasks]
    assert waits == [[], ["bronze"], ["silver"], ["silver"], ["ledger"], ["gold", "master"], ["publish"]]


def test_every_task_calls_a_function_of_the_wheel(job: dict[str, Any]) -> None:
    for task in job["tasks"]:
        wheel = task["python_wheel_task"]
        assert wheel["package_name"] == PROJECT["name"]
        module, _, function = PROJECT["scripts"][wheel["entry_point"]].partition(":")
        source = (BUNDLE / "src" / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8")
        assert function in {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def test_every_entry_point_is_called_by_a_task() -> None:
    called = {task["python_wheel_task"]["entry_point"] for job in JOBS.values() for task in job["tasks"]}
    assert called == set(PROJECT["scripts"])


def test_a_task_gets_each_parameter_of_the_job_once_by_its_own_name(job: dict[str, Any]) -> None:
    declared = [parameter["name"] for parameter in job["parameters"]]
    assert set(declared) == PARAMETERS[job["name"]]
    for task in job["tasks"]:
        given = task["python_wheel_task"]["parameters"]
        expected = [part for name in declared for part in (f"--{name.replace('_', '-')}", _reference(name))]
        assert given == expected


def test_production_runs_as_one_principal_and_grants_levels_that_bundles_know() -> None:
    production = SETTINGS["targets"]["prod"]
    assert {grant["level"] for grant in production["permissions"]} <= BUNDLE_LEVELS
    assert production["run_as"] == {"service_principal_name": "${var.job_identity}"}
    assert "/Shared/" not in production["workspace"]["root_path"]


def test_a_job_that_nobody_follows_mails_when_it_fails(job: dict[str, Any]) -> None:
    mails = bool(job.get("email_notifications", {}).get("on_failure"))
    assert mails == (job["name"] != "rcm_medallion")


def test_every_variable_is_declared_and_used() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (BUNDLE / "databricks.yml", *BUNDLE.glob("resources/*.yml"))]
    used = set(re.findall(r"\$\{var\.(\w+)\}", "\n".join(texts)))
    assert used == set(SETTINGS["variables"])


def test_the_wheel_carries_the_metadata(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(BUNDLE)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    repository = BUNDLE.parent
    for path in (repository / "metadata").rglob("*.json"):
        assert f"rcm_lakehouse/{path.relative_to(repository).as_posix()}" in names


def _reference(name: str) -> str:
    return "{{job.parameters." + name + "}}"
