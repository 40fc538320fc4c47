"""A run and its tasks as Databricks speaks of them: life-cycle and result states, times in epoch milliseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

MOST_TASKS = 1000  # of one job, as on Databricks; also the distance between the ids of two runs

QUEUED, PENDING, RUNNING, TERMINATING = "QUEUED", "PENDING", "RUNNING", "TERMINATING"
TERMINATED, SKIPPED, INTERNAL_ERROR, BLOCKED = "TERMINATED", "SKIPPED", "INTERNAL_ERROR", "BLOCKED"
SUCCESS, FAILED, CANCELED, TIMEDOUT = "SUCCESS", "FAILED", "CANCELED", "TIMEDOUT"
UPSTREAM_FAILED, UPSTREAM_CANCELED = "UPSTREAM_FAILED", "UPSTREAM_CANCELED"
TOO_MANY_RUNS = "MAXIMUM_CONCURRENT_RUNS_REACHED"

ENDS = frozenset({TERMINATED, SKIPPED, INTERNAL_ERROR})


@dataclass(frozen=True, slots=True)
class State:
    """`result` is None until there is one; `message` never holds a value of a record."""

    life_cycle: str
    result: str | None = None
    message: str = ""

    @property
    def is_over(self) -> bool:
        return self.life_cycle in ENDS


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One task of one run; retries count up `attempt_number` under the same id."""

    task_key: str
    run_id: int
    state: State = State(BLOCKED)
    started_at: int = 0
    ended_at: int = 0
    attempt_number: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job. Its tasks' ids follow its own."""

    run_id: int
    job_id: int
    number_in_job: int
    parameters: Mapping[str, str]
    state: State
    requested_at: int
    tasks: tuple[TaskRun, ...]
    token: str | None = None
    started_at: int = 0
    ended_at: int = 0

    def task(self, task_key: str) -> TaskRun:
        return next(task for task in self.tasks if task.task_key == task_key)

    def with_task(self, changed: TaskRun) -> "Run":
        tasks = tuple(changed if task.task_key == changed.task_key else task for task in self.tasks)
        return replace(self, tasks=tasks)

    def begun(self, now: int) -> "Run":
        return replace(self, state=State(PENDING), started_at=now)

    def ended(self, state: State, now: int) -> "Run":
        """The run at its end; tasks that have not ended share its fate."""
        open_tasks = (task for task in self.tasks if not task.state.is_over)
        run = self
        for task in open_tasks:
            run = run.with_task(replace(task, state=replace(state, message=""), ended_at=now))
        return replace(run, state=state, ended_at=now)


def result_of(run: Run) -> State:
    """How a run ends whose tasks have all ended: SUCCESS if every one did, else as the first that did not."""
    unlucky = next((task for task in run.tasks if task.state.result != SUCCESS), None)
    if unlucky is None:
        return State(TERMINATED, SUCCESS)
    if unlucky.state.life_cycle == INTERNAL_ERROR:
        return unlucky.state
    return State(TERMINATED, FAILED, unlucky.state.message)
