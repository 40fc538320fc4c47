"""The bundle's job on real Spark and Delta: the tasks of a run through their entry points, in the order of its YAML."""

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
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

    def run_job(
        self, databricks_job: str, parameters: Mapping[str, str], only: Collection[str] = ()
    ) -> Mapping[str, float]:
        """Tasks of the job (`only` some, else all) and the seconds each took. TaskFailedError: the first that fails."""
        job = _job(databricks_job)
        seconds = {}
        for number, task in enumerate(job.tasks, 1):
            if only and task.key not in only:
                continue
            target = find_entry_point(BUNDLE, task.package_name, task.entry_point)
            given = {**job.parameters, **parameters}
            seconds[task.key] = self.call(task.key, target, arguments(job, task, 1, number, given))
        return seconds

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
