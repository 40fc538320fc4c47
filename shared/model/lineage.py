"""Lineage in OpenLineage's words: a run of a job read one dataset and wrote another.

Datasets are named `<namespace>:<name>` without a landing path, which may carry PHI.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.model.instant import to_wire


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """One input of one output; `row_count` is what went along it."""

    job_name: str
    run_id: str
    input_dataset: str
    output_dataset: str
    event_time: datetime
    row_count: int

    def values(self) -> dict[str, str | int]:
        """The edge as columns of a ledger row."""
        return {
            "job_name": self.job_name,
            "lineage_run_id": self.run_id,
            "input_dataset": self.input_dataset,
            "output_dataset": self.output_dataset,
            "event_time": to_wire(self.event_time),
            "row_count": self.row_count,
        }


def landing_dataset(file_version_id: str) -> str:
    return f"landing:{file_version_id}"


def bronze_dataset(source_id: str, file_version_id: str, generation: int) -> str:
    return f"bronze:{source_id}/{file_version_id}/{generation}"


def quarantine_dataset(source_id: str, file_version_id: str, generation: int) -> str:
    return f"quarantine:{source_id}/{file_version_id}/{generation}"


def table_dataset(table: str) -> str:
    return f"lakehouse:{table}"
