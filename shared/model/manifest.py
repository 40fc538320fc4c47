"""What a Databricks run is to take in: the generations of its group and the files that count for each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from shared.model.commit import DATABRICKS_RUNS, Row, StoredRow, Value
from shared.model.ingestion import Ingestion, Status
from shared.model.instant import to_wire

MANIFESTS = "manifests"
LANDED = Status.LANDED.value
WITHDRAWN = Status.WITHDRAWN.value


@dataclass(frozen=True, slots=True)
class Member:
    """One generation as the lakehouse needs it; "" stands for none. Dates are ISO text.

    `outcome` is `landed`, or `withdrawn` for a generation that only takes back what an earlier one brought.
    """

    file_version_id: str
    generation: int
    source_id: str
    outcome: str
    bronze: str
    quarantine: str
    records_in: int
    bronze_count: int
    quarantined_count: int
    content_hash: str
    arrived_at: str
    known_at: str
    delivered_at: str
    as_of: str
    period: str

    @property
    def key(self) -> tuple[str, int]:
        return self.file_version_id, self.generation

    @classmethod
    def of(cls, ingestion: Ingestion) -> Self:
        outcome = ingestion.outcome
        return cls(
            file_version_id=ingestion.file_version_id,
            generation=ingestion.generation,
            source_id=outcome.source_id,
            outcome=LANDED if outcome.status is Status.LANDED else WITHDRAWN,
            bronze=outcome.bronze,
            quarantine=outcome.quarantine,
            records_in=outcome.records_in,
            bronze_count=outcome.bronze_count,
            quarantined_count=outcome.quarantined_count,
            content_hash=outcome.content_hash,
            arrived_at=to_wire(ingestion.arrived_at),
            known_at=to_wire(ingestion.known_at),
            delivered_at=to_wire(ingestion.delivered_at),
            as_of=outcome.as_of,
            period=outcome.period,
        )

    def ready_row(self, databricks_job: str, since: datetime) -> Row:
        """The row that says: this waits for the next run of the job."""
        key = f"ready-{self.file_version_id}-{self.generation}"
        values: dict[str, Value] = {**asdict(self), "since": to_wire(since)}
        return Row(DATABRICKS_RUNS, databricks_job, key, values)

    def asked_row(self, databricks_job: str, since: datetime) -> Row:
        """The inbox row: it was asked for once, and a repeated message asks for nothing."""
        key = f"asked-{self.file_version_id}-{self.generation}"
        return Row(DATABRICKS_RUNS, databricks_job, key, {"since": to_wire(since)})

    @classmethod
    def from_row(cls, row: StoredRow) -> Self:
        values: Mapping[str, Any] = row.values
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})


def manifest_text(
    databricks_job: str, manifest: str, members: Sequence[Member], closed_periods: Sequence[Mapping[str, str]] = ()
) -> str:
    """The manifest as JSON; the same group gives the same text. `closed_periods`: all that are signed by now."""
    ordered = sorted(members, key=lambda member: member.key)
    said = {
        "manifest_version": 1,
        "databricks_job": databricks_job,
        "token": manifest,
        "files": [reference for member in ordered for reference in (member.bronze, member.quarantine) if reference],
        "ingestions": [_nulls(asdict(member)) for member in ordered],
        "closed_periods": list(closed_periods),
    }
    return json.dumps(said, separators=(",", ":"))


def _nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value == "" else value for name, value in values.items()}


def member_keys(text: str) -> list[tuple[str, int]]:
    """Which generations a manifest names."""
    return [(member["file_version_id"], member["generation"]) for member in json.loads(text)["ingestions"]]
