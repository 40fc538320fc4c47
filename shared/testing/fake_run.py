"""One run of a fake Databricks job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.model.databricks_run import ReportedState

ENDS = frozenset({"TERMINATED", "SKIPPED", "INTERNAL_ERROR"})


@dataclass(slots=True)
class FakeRun:
    """One run, as Databricks would speak of it."""

    databricks_run_id: int
    databricks_job: str
    token: str
    parameters: Mapping[str, str]
    life_cycle_state: str
    started_at: datetime
    result_state: str | None = None
    task_states: dict[str, str] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.life_cycle_state in ENDS

    def reported(self) -> ReportedState:
        """What Databricks would say of it now."""
        return ReportedState(
            self.databricks_run_id, self.life_cycle_state, self.result_state, self.started_at, dict(self.task_states)
        )
