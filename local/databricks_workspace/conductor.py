"""Conducts runs: queues them, stages their files, gives their tasks to the worker and writes down how each ends."""

import asyncio
import shutil
import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import time

from azure.storage.blob import BlobServiceClient

from local.databricks_workspace.bundle import Job, Task, arguments
from local.databricks_workspace.entry_points import EntryPointError, find_entry_point
from local.databricks_workspace.local_roots import localise, manifest_reference
from local.databricks_workspace.run_store import RunDeletedError, RunStore
from local.databricks_workspace.runs import (
    CANCELED,
    FAILED,
    INTERNAL_ERROR,
    PENDING,
    RUNNING,
    SKIPPED,
    SUCCESS,
    TERMINATED,
    TERMINATING,
    TIMEDOUT,
    TOO_MANY_RUNS,
    UPSTREAM_FAILED,
    Run,
    State,
    TaskRun,
    result_of,
)
from local.databricks_workspace.staging import Staging, StagingError
from local.databricks_workspace.warm_worker import TaskFailedError, TaskRequest, WarmWorker, WorkerLostError

INTERRUPTED = State(INTERNAL_ERROR, FAILED, "the workspace stopped while the run was under way")


class RunRefusedError(Exception):
    """A run that can't be started, with the reason."""


class Conductor:
    """All runs of all jobs, on one event loop. `bundle`, `state`, `lake`: folders."""

    def __init__(
        self,
        jobs: Mapping[int, Job],
        store: RunStore,
        worker: WarmWorker,
        storage: BlobServiceClient | None,
        bundle: Path,
        state: Path,
        lake: Path,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._worker = worker
        self._storage = storage
        self._bundle = bundle
        self._state = state
        self._lake = lake
        self._under_way: dict[int, asyncio.Task[None]] = {}

    @property
    def worker_pid(self) -> int | None:
        return self._worker.pid

    def resume(self) -> None:
        """Ends what an earlier stop or kill interrupted, then goes on with what is queued."""
        for run in self._store.under_way():
            self._store.save(run.ended(INTERRUPTED, _now()))
        shutil.rmtree(self._state / "scratch", ignore_errors=True)
        for job in self._jobs.values():
            self._begin_queued(job)

    def run_now(self, job: Job, token: str | None, parameters: Mapping[str, str]) -> Run:
        """A new run, or the one that this token started, whatever became of it. RunRefusedError if that was deleted."""
        try:
            known = self._store.by_token(token) if token else None
        except RunDeletedError:
            raise RunRefusedError("The run with this idempotency token was deleted.") from None
        if known:
            return known
        run = self._store.add(job, token, parameters, _now())
        self._begin_queued(job)
        if not job.is_queued and run.run_id not in self._under_way:
            self._store.save(run.ended(State(SKIPPED, TOO_MANY_RUNS), _now()))
        return run

    def cancel(self, run_id: int) -> None:
        """Ends a run as cancelled: a queued one at once, else when its task is killed. An ended run stays as it is."""
        run = self._store.get(run_id)
        if run is None or run.state.is_over:
            return
        if run_id in self._under_way:
            self._store.save(replace(run, state=State(TERMINATING)))
            self._under_way[run_id].cancel()
        else:
            self._store.save(run.ended(State(TERMINATED, CANCELED), _now()))

    async def stop(self) -> None:
        """Lets go of what is under way without a word, as a kill would: the next start ends it."""
        for conducted in self._under_way.values():
            conducted.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _begin_queued(self, job: Job) -> None:
        while self._active_count(job) < job.max_concurrent_runs and (run := self._store.first_queued(job.job_id)):
            begun = run.begun(_now())
            self._store.save(begun)
            self._under_way[run.run_id] = asyncio.create_task(self._conduct(job, begun))

    def _active_count(self, job: Job) -> int:
        return sum(1 for run in self._store.under_way() if run.job_id == job.job_id)

    async def _conduct(self, job: Job, run: Run) -> None:
        try:
            async with asyncio.timeout(job.timeout_seconds or None):
                end = await self._perform(job, run)
        except TimeoutError:
            end = State(TERMINATED, TIMEDOUT, "the run took longer than its timeout_seconds")
        except StagingError as failed:
            end = State(INTERNAL_ERROR, FAILED, str(failed))
        except asyncio.CancelledError:
            if self._latest(run).state.life_cycle != TERMINATING:
                raise  # nobody cancelled the run: the workspace stops
            end = State(TERMINATED, CANCELED)
        except Exception:  # noqa: BLE001 - a run ends whatever goes wrong here
            traceback.print_exc()
            end = State(INTERNAL_ERROR, FAILED, "the workspace itself failed")
        self._store.save(self._latest(run).ended(end, _now()))
        shutil.rmtree(self._scratch(run).parent, ignore_errors=True)
        del self._under_way[run.run_id]
        self._begin_queued(job)

    async def _perform(self, job: Job, run: Run) -> State:
        staging = await self._fetch(run)
        local = localise(run.parameters, self._scratch(run), self._lake)
        for task in job.tasks:
            await self._perform_task(job, run, task, local)
            if staging:
                await asyncio.to_thread(staging.send)
        return result_of(self._latest(run))

    async def _fetch(self, run: Run) -> Staging | None:
        manifest = manifest_reference(run.parameters)
        if manifest is None:
            return None
        if self._storage is None:
            raise StagingError("the workspace was started without storage")
        staging = Staging(self._storage, self._scratch(run))
        await asyncio.to_thread(staging.fetch, manifest)
        return staging

    async def _perform_task(self, job: Job, run: Run, task: Task, parameters: Mapping[str, str]) -> None:
        task_run = self._latest(run).task(task.key)
        if any(self._latest(run).task(upstream).state.result != SUCCESS for upstream in task.depends_on):
            self._note(run, replace(task_run, state=State(TERMINATED, UPSTREAM_FAILED), ended_at=_now()))
            return
        task_run = replace(task_run, state=State(PENDING), started_at=_now())
        for attempt_number in range(1 + task.max_retries):
            task_run = replace(task_run, state=State(RUNNING), attempt_number=attempt_number)
            self._note(run, task_run, State(RUNNING))
            state = await self._attempt(job, run, task, task_run, parameters)
            if state.result == SUCCESS:
                break
        self._note(run, replace(task_run, state=state, ended_at=_now()))

    async def _attempt(self, job: Job, run: Run, task: Task, task_run: TaskRun, parameters: Mapping[str, str]) -> State:
        try:
            request = self._request(task, arguments(job, task, run.run_id, task_run.run_id, parameters), run)
            async with asyncio.timeout(task.timeout_seconds or None):
                await self._worker.execute(request)
        except TimeoutError:
            return State(TERMINATED, TIMEDOUT, f"Task {task.key} took longer than its timeout_seconds")
        except (TaskFailedError, EntryPointError) as failed:
            return State(TERMINATED, FAILED, f"Task {task.key} failed: {failed}")
        except (WorkerLostError, ConnectionError):
            return State(INTERNAL_ERROR, FAILED, f"Task {task.key} failed: the worker died")
        return State(TERMINATED, SUCCESS)

    def _request(self, task: Task, task_arguments: list[str], run: Run) -> TaskRequest:
        log = self._state / "logs" / f"{run.run_id}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        target = find_entry_point(self._bundle, task.package_name, task.entry_point)
        return TaskRequest(task.key, task.entry_point, target, task_arguments, str(log))

    def _note(self, run: Run, task_run: TaskRun, state: State | None = None) -> None:
        latest = self._latest(run).with_task(task_run)
        self._store.save(replace(latest, state=state or latest.state))

    def _latest(self, run: Run) -> Run:
        return self._store.get(run.run_id) or run

    def _scratch(self, run: Run) -> Path:
        return self._state / "scratch" / str(run.run_id) / "storage"


def _now() -> int:
    return int(time() * 1000)
