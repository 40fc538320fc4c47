"""Databricks' jobs in memory: tokens, queues, states and the answers that surprise."""

from collections.abc import Iterable, Mapping

from shared.errors import ConfigurationError, PermanentError
from shared.model.databricks_run import ReportedState
from shared.ports import Clock
from shared.testing.fake_clock import FakeClock
from shared.testing.fake_run import FakeRun
from shared.testing.gate import Gate, open_gate, through

JOBS = ("rcm_medallion",)
MOST_TOKEN_CHARACTERS = 64
MOST_PARAMETER_BYTES = 10_000


class FakeLakehouseJobs:
    """Fulfils `LakehouseJobs`; a test or simulator moves the runs.

    `runs` holds every run by its id, `tokens` every token ever taken: a token outlives its run's end and its history.
    Sources differ on what Databricks does with the token of a run that has *ended*: with `token_outlives_end` the old
    run is the answer, without it a second run starts. Callers must live with both.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        gate: Gate = open_gate,
        jobs: Iterable[str] = JOBS,
        most_concurrent_runs: int = 1,
        token_outlives_end: bool = True,
    ) -> None:
        self.clock = clock or FakeClock()
        self.gate = gate
        self.jobs = frozenset(jobs)
        self.most_concurrent_runs = most_concurrent_runs
        self.token_outlives_end = token_outlives_end
        self.runs: dict[int, FakeRun] = {}
        self.tokens: dict[str, int] = {}
        self.started = 0

    def start(self, databricks_job: str, token: str, parameters: Mapping[str, str]) -> int:
        if databricks_job not in self.jobs:
            raise ConfigurationError("unknown_databricks_job", f"known are {', '.join(sorted(self.jobs))}")
        with through(self.gate, "jobs.start"):
            _refuse(token, parameters)
            known = self._run_of(token)
            return known if known is not None else self._start(databricks_job, token, parameters)

    def state(self, databricks_run_id: int) -> ReportedState | None:
        with through(self.gate, "jobs.state"):
            run = self.runs.get(databricks_run_id)
            return run.reported() if run else None

    def cancel(self, databricks_run_id: int) -> None:
        with through(self.gate, "jobs.cancel"):
            run = self.runs.get(databricks_run_id)
            if run is None:
                raise PermanentError("databricks_refused", "no such run")
            if not run.is_over:
                self.finish(databricks_run_id, "CANCELED")

    def active(self) -> list[FakeRun]:
        """Runs that are not over and not queued, oldest first: what a simulator may move on."""
        return [run for run in self.runs.values() if not run.is_over and run.life_cycle_state != "QUEUED"]

    def report(self, databricks_run_id: int, life_cycle_state: str, result_state: str | None = None) -> None:
        """Puts a run in any state, also one that nobody has heard of."""
        run = self.runs[databricks_run_id]
        run.life_cycle_state, run.result_state = life_cycle_state, result_state
        self._begin_queued(run.databricks_job)

    def finish(self, databricks_run_id: int, result_state: str = "SUCCESS") -> None:
        """Ends a run; the next queued one of its job begins."""
        self.report(databricks_run_id, "TERMINATED", result_state)

    def forget(self, databricks_run_id: int) -> None:
        """Deletes a run's history; its token stays taken."""
        del self.runs[databricks_run_id]

    def _run_of(self, token: str) -> int | None:
        number = self.tokens.get(token)
        if number is None:
            return None
        run = self.runs.get(number)
        if run is None:
            raise PermanentError("databricks_refused", "the run of this token was deleted")
        return number if self.token_outlives_end or not run.is_over else None

    def _start(self, databricks_job: str, token: str, parameters: Mapping[str, str]) -> int:
        self.started += 1
        number = 1_000 * self.started
        now = self.clock.now()
        self.runs[number] = FakeRun(number, databricks_job, token, dict(parameters), "QUEUED", now)
        self.tokens[token] = number
        self._begin_queued(databricks_job)
        return number

    def _begin_queued(self, databricks_job: str) -> None:
        free = self.most_concurrent_runs - sum(run.databricks_job == databricks_job for run in self.active())
        waiting = [
            r for r in self.runs.values() if r.databricks_job == databricks_job and r.life_cycle_state == "QUEUED"
        ]
        for run in waiting[: max(free, 0)]:
            run.life_cycle_state = "PENDING"


def _refuse(token: str, parameters: Mapping[str, str]) -> None:
    if len(token) > MOST_TOKEN_CHARACTERS:
        raise PermanentError("databricks_refused", f"a token of more than {MOST_TOKEN_CHARACTERS} characters")
    if sum(len(name.encode()) + len(value.encode()) for name, value in parameters.items()) > MOST_PARAMETER_BYTES:
        raise PermanentError("databricks_refused", f"parameters of more than {MOST_PARAMETER_BYTES} bytes")
