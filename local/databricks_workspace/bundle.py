"""The jobs of an asset bundle, read from the bundle's own YAML as Databricks would deploy it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from local.databricks_workspace.references import REFERENCE, expand

TASK_REFERENCES = frozenset({"job.id", "job.name", "job.run_id", "task.name", "task.run_id"})


class BundleError(Exception):
    """The bundle asks for something that is wrong or that this workspace does not do; the text says where."""


@dataclass(frozen=True, slots=True)
class Task:
    """One `python_wheel_task`. `parameters` may hold `{{…}}` references; `timeout_seconds` 0 means none."""

    key: str
    package_name: str
    entry_point: str
    parameters: tuple[str, ...]
    depends_on: tuple[str, ...]
    max_retries: int
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class Job:
    """One job; `tasks` stand in an order in which they can run one after the other."""

    key: str
    job_id: int
    name: str
    parameters: Mapping[str, str]
    tasks: tuple[Task, ...]
    max_concurrent_runs: int
    is_queued: bool
    timeout_seconds: int


def read_bundle(folder: Path) -> Mapping[int, Job]:
    """The bundle's jobs by id; an id follows from the names of bundle and job, so it is the same at every start."""
    settings = _load(folder / "databricks.yml")
    bundle_name = settings["bundle"]["name"]
    resources = [_load(path) for pattern in settings.get("include", []) for path in sorted(folder.glob(pattern))]
    variables = _variables(settings)
    jobs: dict[int, Job] = {}
    for document in (settings, *resources):
        for key, body in ((document.get("resources") or {}).get("jobs") or {}).items():
            job = _job(bundle_name, key, {name: _with_variables(value, variables) for name, value in body.items()})
            jobs[job.job_id] = job
    return jobs


def _load(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise BundleError(f"{path.name} is not a mapping")
    return document


def _variables(settings: Mapping[str, Any]) -> dict[str, str]:
    """`${…}` names of the default target and their values; a variable without a default is not among them."""
    targets = settings.get("targets") or {"default": {}}
    target_name = next((name for name, target in targets.items() if (target or {}).get("default")), next(iter(targets)))
    values = {
        name: variable["default"]
        for name, variable in (settings.get("variables") or {}).items()
        if "default" in (variable or {})
    }
    values |= (targets[target_name] or {}).get("variables") or {}
    known = {f"var.{name}": str(value) for name, value in values.items()}
    return known | {"bundle.name": settings["bundle"]["name"], "bundle.target": target_name}


def _with_variables(node: object, variables: Mapping[str, str]) -> object:
    if isinstance(node, dict):
        return {key: _with_variables(value, variables) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_variables(value, variables) for value in node]
    if isinstance(node, str):
        for name, value in variables.items():
            node = node.replace("${" + name + "}", value)
    return node


def _job(bundle_name: str, key: str, body: Mapping[str, Any]) -> Job:
    parameters = {parameter["name"]: str(parameter.get("default", "")) for parameter in body.get("parameters", [])}
    return Job(
        key=key,
        job_id=int(sha256(f"{bundle_name}/{key}".encode()).hexdigest()[:12], 16),
        name=body.get("name", key),
        parameters=parameters,
        tasks=_in_order(key, [_task(key, task, parameters) for task in body.get("tasks", [])]),
        max_concurrent_runs=int(body.get("max_concurrent_runs", 1)),
        is_queued=bool((body.get("queue") or {}).get("enabled", True)),  # as `databricks bundle deploy` sets it
        timeout_seconds=int(body.get("timeout_seconds", 0)),
    )


def _task(job_key: str, body: Mapping[str, Any], job_parameters: Iterable[str]) -> Task:
    where = f"job {job_key}, task {body.get('task_key')}"
    wheel = body.get("python_wheel_task")
    if wheel is None:
        raise BundleError(f"{where}: only python_wheel_task is run here")
    if body.get("run_if", "ALL_SUCCESS") != "ALL_SUCCESS":
        raise BundleError(f"{where}: only run_if ALL_SUCCESS is known here")
    named = (f"--{name}={value}" for name, value in (wheel.get("named_parameters") or {}).items())
    parameters = (*map(str, wheel.get("parameters") or ()), *named)
    _refuse_unknown_references(where, parameters, job_parameters)
    return Task(
        key=body["task_key"],
        package_name=wheel["package_name"],
        entry_point=wheel["entry_point"],
        parameters=parameters,
        depends_on=tuple(upstream["task_key"] for upstream in body.get("depends_on") or ()),
        max_retries=int(body.get("max_retries", 0)),
        timeout_seconds=int(body.get("timeout_seconds", 0)),
    )


def _refuse_unknown_references(where: str, parameters: Iterable[str], job_parameters: Iterable[str]) -> None:
    known = TASK_REFERENCES | {f"job.parameters.{name}" for name in job_parameters}
    for parameter in parameters:
        unknown = {name for name in REFERENCE.findall(parameter) if name not in known}
        if unknown:
            raise BundleError(f"{where}: unknown reference {', '.join(sorted(unknown))}")


def _in_order(job_key: str, tasks: list[Task]) -> tuple[Task, ...]:
    by_key = {task.key: task for task in tasks}
    missing = {upstream for task in tasks for upstream in task.depends_on} - by_key.keys()
    if missing:
        raise BundleError(f"job {job_key}: depends_on names unknown tasks {', '.join(sorted(missing))}")
    try:
        return tuple(by_key[key] for key in TopologicalSorter({t.key: t.depends_on for t in tasks}).static_order())
    except CycleError:
        raise BundleError(f"job {job_key}: the tasks depend on each other in a circle") from None


def arguments(job: Job, task: Task, run_id: int, task_run_id: int, parameters: Mapping[str, str]) -> list[str]:
    """The command line that the task's entry point finds in `sys.argv[1:]`."""
    values = {f"job.parameters.{name}": value for name, value in parameters.items()}
    values |= {"job.id": str(job.job_id), "job.name": job.name, "job.run_id": str(run_id)}
    values |= {"task.name": task.key, "task.run_id": str(task_run_id)}
    return [expand(parameter, values) for parameter in task.parameters]
