"""A Databricks run as ours: its token, its attempts, and how Databricks says it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class ReportedState:
    """Databricks' own words on one of its runs, unjudged. `result_state` is None until it says one."""

    databricks_run_id: int
    life_cycle_state: str
    result_state: str | None
    idempotency_token: str | None = None
    started_at: datetime | None = None
    user_cancelled: bool = False
    task_states: Mapping[str, str] | None = None


class RunStatus(StrEnum):
    """Our words on a run."""

    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def is_over(self) -> bool:
        return self not in (RunStatus.STARTING, RunStatus.RUNNING)


def idempotency_token(databricks_job: str, members: list[tuple[str, int]], run_attempt: int) -> str:
    """Hex sha256 of (job, sorted (file version, generation), run attempt): 64 characters, the most Databricks takes."""
    lines = [databricks_job, *(f"{fv}:{generation}" for fv, generation in sorted(members)), str(run_attempt)]
    return sha256("\n".join(lines).encode()).hexdigest()
