"""How the runs of a simulation end: the first ones as a scenario says, all later ones well."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from shared.testing.fake_lakehouse_jobs import FakeLakehouseJobs

A_RUN = timedelta(seconds=40)


class RunEndings:
    """Ends the runs of a job one after the other; a run is at work for longer than it takes until somebody looks."""

    def __init__(
        self, jobs: FakeLakehouseJobs, endings: Iterable[tuple[str, str | None]], told: Callable[[str], None]
    ) -> None:
        self._jobs = jobs
        self._endings = list(endings)
        self._tell = told

    def next_at(self) -> datetime | None:
        """When the run that is at work ends."""
        active = self._jobs.active()
        return active[0].started_at + A_RUN if active else None

    def end_a_run(self) -> None:
        run = self._jobs.active()[0]
        state, result = self._endings.pop(0) if self._endings else ("TERMINATED", "SUCCESS")
        self._tell(f"databricks run {run.databricks_run_id} ends: {state} {result}")
        self._jobs.report(run.databricks_run_id, state, result)
