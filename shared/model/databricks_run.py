"""A Databricks run as ours: its token, its attempts, and how Databricks says it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from shared.model.commit import StoredRow, Value
from shared.model.instant import from_wire, to_wire


@dataclass(frozen=True, slots=True)
class ReportedState:
    """Databricks' own words on one of its runs, unjudged. `result_state` is None until it says one."""

    databricks_run_id: int
    life_cycle_state: str
    result_state: str | None = None
    started_at: datetime | None = None
    task_states: Mapping[str, str] = field(default_factory=dict)


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


def idempotency_token(databricks_job: str, members: Iterable[tuple[str, int]], run_attempt: int) -> str:
    """Hex sha256 of (job, sorted (file version, generation), run attempt): 64 characters, the most Databricks takes."""
    lines = [databricks_job, *(f"{fv}:{generation}" for fv, generation in sorted(members)), str(run_attempt)]
    return sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class DatabricksRun:
    """One run attempt of a group. `manifest` is the token that names its manifest, the same for each attempt."""

    databricks_job: str
    token: str
    manifest: str
    run_attempt: int
    member_count: int
    requested_at: datetime
    updated_at: datetime
    status: RunStatus = RunStatus.STARTING
    databricks_run_id: int = 0
    reason: str = ""

    @property
    def row_key(self) -> str:
        return f"run-{self.token}"

    def values(self) -> dict[str, Value]:
        """The run as columns of its row."""
        return {
            "manifest": self.manifest,
            "run_attempt": self.run_attempt,
            "member_count": self.member_count,
            "requested_at": to_wire(self.requested_at),
            "updated_at": to_wire(self.updated_at),
            "status": self.status.value,
            "databricks_run_id": str(self.databricks_run_id),
            "reason": self.reason,
        }

    @classmethod
    def from_row(cls, row: StoredRow) -> Self:
        values: Mapping[str, Any] = row.values
        return cls(
            databricks_job=row.partition,
            token=row.key.removeprefix("run-"),
            manifest=values["manifest"],
            run_attempt=values["run_attempt"],
            member_count=values["member_count"],
            requested_at=from_wire(values["requested_at"]),
            updated_at=from_wire(values["updated_at"]),
            status=RunStatus(values["status"]),
            databricks_run_id=int(values["databricks_run_id"]),
            reason=values["reason"],
        )

    def became(self, status: RunStatus, at: datetime, reason: str = "", databricks_run_id: int | None = None) -> Self:
        """The same run, further on."""
        number = self.databricks_run_id if databricks_run_id is None else databricks_run_id
        return replace(self, status=status, updated_at=at, reason=reason, databricks_run_id=number)
