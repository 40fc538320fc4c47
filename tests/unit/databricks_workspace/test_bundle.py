"""A bundle's YAML as jobs."""

from pathlib import Path

import pytest
import yaml

from local.databricks_workspace.bundle import BundleError, Job, arguments, read_bundle

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "sample_bundle"
WHEEL = {"package_name": "sample_tasks", "entry_point": "say"}


def sample_job(key: str) -> Job:
    return next(job for job in read_bundle(SAMPLE).values() if job.key == key)


def bundle_of(folder: Path, *tasks: object, **job: object) -> Path:
    settings = {"bundle": {"name": "made"}, "resources": {"jobs": {"only": {"tasks": list(tasks), **job}}}}
    (folder / "databricks.yml").write_text(yaml.safe_dump(settings))
    return folder


def test_a_job_keeps_its_id_at_every_reading() -> None:
    assert list(read_bundle(SAMPLE)) == list(read_bundle(SAMPLE))
    assert all(0 < job_id < 2**53 for job_id in read_bundle(SAMPLE))


def test_tasks_stand_in_an_order_they_can_run_in() -> None:
    assert [task.key for task in sample_job("copy_files").tasks] == ["first", "second"]


def test_variables_have_the_value_of_the_default_target() -> None:
    job = sample_job("say")
    assert job.name == "[development] say"
    assert job.parameters == {"text": "good morning", "token": ""}


def test_a_job_queues_unless_it_says_otherwise() -> None:
    assert sample_job("wait").is_queued
    assert not sample_job("wait_alone").is_queued
    assert sample_job("wait").max_concurrent_runs == 1


def test_arguments_have_their_references_filled_in() -> None:
    job = sample_job("say")
    assert arguments(job, job.tasks[0], 7, 8, {"text": "a {{job.id}} b"}) == ["a {{job.id}} b", "7", "say"]


def test_named_parameters_become_options() -> None:
    job = sample_job("copy_files")
    given = {"report_uri": "reports", "storage_root": "root"}
    assert arguments(job, job.tasks[1], 7, 8, given) == ["--report-uri=reports/second", "--storage-root=root"]


@pytest.mark.parametrize(
    ("told", "task"),
    [
        ("python_wheel_task", {"task_key": "a", "notebook_task": {"notebook_path": "x"}}),
        ("run_if", {"task_key": "a", "run_if": "ALL_DONE", "python_wheel_task": WHEEL}),
        ("unknown tasks b", {"task_key": "a", "depends_on": [{"task_key": "b"}], "python_wheel_task": WHEEL}),
        ("circle", {"task_key": "a", "depends_on": [{"task_key": "a"}], "python_wheel_task": WHEEL}),
        (
            "job.parameters.absent",
            {"task_key": "a", "python_wheel_task": {**WHEEL, "parameters": ["{{job.parameters.absent}}"]}},
        ),
    ],
)
def test_what_the_workspace_can_not_do_is_refused_with_its_place(tmp_path: Path, told: str, task: object) -> None:
    with pytest.raises(BundleError, match=told):
        read_bundle(bundle_of(tmp_path, task))


def test_a_bundle_without_jobs_is_empty(tmp_path: Path) -> None:
    (tmp_path / "databricks.yml").write_text("bundle:\n  name: empty\n")
    assert read_bundle(tmp_path) == {}
