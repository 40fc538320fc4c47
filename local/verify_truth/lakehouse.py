"""The bundle's job on real Spark and Delta: the tasks of a run through their entry points, in the order of its YAML."""

import asyncio
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from local.databricks_workspace.bundle import Job, arguments, read_bundle
from local.databricks_workspace.entry_points import find_entry_point, source_folder
from local.databricks_workspace.warm_worker import TaskRequest, WarmWorker, WorkerCommand
from local.set_up.layout import Layout
from local.set_up.spark_conf import local_spark_environment

REPOSITORY = Path(__file__).resolve().parents[2]
BUNDLE = REPOSITORY / "databricks"


class Lakehouse:
    """A warm Spark session that runs whole runs, one after the other. Spark's output goes to `<folder>/spark.log`.

    `large_tables`: see `local_spark_conf`.
    """

    def __init__(self, folder: Path, *, large_tables: bool) -> None:
        self._log = folder / "spark.log"
        self._runner = asyncio.Runner()
        self._worker = WarmWorker(_worker_command(folder, self._log, large_tables))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._worker.stop())
        self._runner.close()

    @property
    def pid(self) -> int | None:
        """The session's process, once something has run in it; Spark's Java process is its child."""
        return self._worker.pid

    def run_job(
        self, databricks_job: str, parameters: Mapping[str, str], only: Collection[str] = ()
    ) -> Mapping[str, float]:
        """Tasks of the job (`only` some, else all) and the seconds each took. TaskFailedError: the first that fails."""
        return {key: run() for key, run in self.tasks(databricks_job, parameters) if not only or key in only}

    def tasks(self, databricks_job: str, parameters: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], float]]]:
        """The job's tasks in their order, each with what runs it and tells the seconds that took."""
        job = _job(databricks_job)
        given = {**job.parameters, **parameters}
        for number, task in enumerate(job.tasks, 1):
            target = find_entry_point(BUNDLE, task.package_name, task.entry_point)
            yield task.key, partial(self.call, task.key, target, arguments(job, task, 1, number, given))

    def call(self, name: str, target: str, command_line: Sequence[str]) -> float:
        """One function, `module:function`, with its `sys.argv`, in the session's process; the seconds it took."""
        start = monotonic()
        request = TaskRequest(name, name, target, list(command_line), str(self._log))
        self._runner.run(self._worker.execute(request))
        return monotonic() - start


def _job(databricks_job: str) -> Job:
    return next(job for job in read_bundle(BUNDLE).values() if job.key == databricks_job)


def _worker_command(folder: Path, log: Path, large_tables: bool) -> WorkerCommand:
    source = source_folder(BUNDLE)
    size = ["--large-tables"] if large_tables else []
    given = [*size, "--source", str(source), "--repository", str(REPOSITORY), "--log", str(log)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(source)))}
    python = str(Layout(REPOSITORY).lakehouse / "bin" / "python")
    return WorkerCommand(given, local_spark_environment(REPOSITORY, environment), folder, python)
