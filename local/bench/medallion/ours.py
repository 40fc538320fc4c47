"""The bundle's own tasks on a delivery, as a Databricks run would take it in, each measured by itself."""

from collections.abc import Collection, Mapping
from pathlib import Path

from local.bench.medallion.deliveries import FIRST
from local.bench.medallion.measure import Cost, Meter
from local.verify_truth.intake import LAKE, Intake, IntakePorts
from local.verify_truth.lakehouse import REPOSITORY, Lakehouse
from local.world.sending.deliveries import Wave

JOB = "rcm_medallion"


class Ours:
    """A lake below `folder`. The program's own flows register, check and stage the files; that is not timed."""

    def __init__(self, lakehouse: Lakehouse, folder: Path, landing: Path) -> None:
        self._lakehouse = lakehouse
        self._intake = Intake(IntakePorts(folder, REPOSITORY / "metadata", FIRST), landing)
        self._meter = Meter(lambda: lakehouse.pid, folder / LAKE)
        self._parameters: Mapping[str, str] = {}

    def take(self, wave: Wave) -> None:
        """Ingests a wave's files: the program asks for a run as of the wave's day."""
        run = self._intake.take(wave)
        self._intake.end(run, "SUCCESS")
        self._parameters = {**run.parameters, "as_of_date": wave.known_on.isoformat()}

    def run(self, without: Collection[str] = ()) -> Mapping[str, Cost]:
        """The tasks of the run that was last asked for, one after the other, and what each cost."""
        tasks = self._lakehouse.tasks(JOB, self._parameters)
        return {key: self._meter.cost(task) for key, task in tasks if key not in without}
