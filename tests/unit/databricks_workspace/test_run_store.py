"""Runs and tokens on disk."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local.databricks_workspace.bundle import Job, read_bundle
from local.databricks_workspace.run_store import RunDeletedError, RunStore
from local.databricks_workspace.runs import SUCCESS, TERMINATED, State

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "sample_bundle"
DONE = State(TERMINATED, SUCCESS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path / "runs.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def job() -> Job:
    return next(job for job in read_bundle(SAMPLE).values() if job.key == "copy_files")


def test_a_run_comes_back_as_it_was_written(store: RunStore, job: Job) -> None:
    run = store.add(job, "token", {"lake_root": "x"}, 1_000)
    assert store.get(run.run_id) == run
    assert [task.task_key for task in run.tasks] == ["first", "second"]
    moved = run.begun(2_000).ended(DONE, 3_000)
    store.save(moved)
    assert store.get(run.run_id) == moved


def test_runs_and_tokens_survive_the_store(tmp_path: Path, job: Job) -> None:
    first = RunStore(tmp_path / "state" / "runs.sqlite")
    run = first.add(job, "token", {}, 1_000)
    first.close()
    second = RunStore(tmp_path / "state" / "runs.sqlite")
    assert second.by_token("token") == run
    assert second.add(job, None, {}, 2_000).run_id > run.run_id
    second.close()


def test_a_task_is_found_by_its_own_id(store: RunStore, job: Job) -> None:
    run = store.add(job, None, {}, 1_000)
    assert store.get(run.tasks[1].run_id) == run


def test_a_deleted_run_leaves_its_token_behind(store: RunStore, job: Job) -> None:
    run = store.add(job, "token", {}, 1_000)
    store.delete(run.run_id)
    assert store.get(run.run_id) is None
    with pytest.raises(RunDeletedError):
        store.by_token("token")
    assert store.by_token("another") is None


def test_queued_runs_come_in_the_order_they_were_asked_for(store: RunStore, job: Job) -> None:
    first, second = store.add(job, None, {}, 1_000), store.add(job, None, {}, 1_001)
    assert store.first_queued(job.job_id) == first
    store.save(first.begun(2_000))
    assert store.first_queued(job.job_id) == second
    assert [run.run_id for run in store.under_way()] == [first.run_id]


def test_pages_are_newest_first_and_filtered(store: RunStore, job: Job) -> None:
    runs = [store.add(job, None, {}, number) for number in range(3)]
    other = replace(job, job_id=job.job_id + 1)
    foreign = store.add(other, None, {}, 9)
    store.save(runs[0].ended(DONE, 10))
    assert [run.run_id for run in store.page(0, 2, None, None)] == [foreign.run_id, runs[2].run_id]
    assert [run.run_id for run in store.page(runs[2].run_id, 9, job.job_id, None)] == [runs[1].run_id, runs[0].run_id]
    assert [run.run_id for run in store.page(0, 9, job.job_id, True)] == [runs[0].run_id]
    assert [run.number_in_job for run in runs] == [1, 2, 3]
