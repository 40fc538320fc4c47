"""Our handling of a file version: what arrived, which generation of it counts, and how that generation ended."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from shared.model.audit import ChainHead, genesis
from shared.model.commit import LEDGER, StoredRow, Value
from shared.model.file_version import BlobVersion
from shared.model.instant import from_wire, to_wire


class Status(StrEnum):
    """Where a generation stands. All but ARRIVED are ends."""

    ARRIVED = "arrived"
    LANDED = "landed"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    DUPLICATE_CONTENT = "duplicate_content"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


class Cause(StrEnum):
    """What raised a generation."""

    ARRIVAL = "arrival"
    REPROCESS = "reprocess"
    RELEASE = "release"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many records a rule moved; `field` is a JSON pointer."""

    tier: str
    rule: str
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a generation ended: the files that count, and the numbers. References are `<container>/<path>` or ""."""

    status: Status = Status.ARRIVED
    reason: str = ""
    source_id: str = ""
    records_in: int = 0
    bronze_count: int = 0
    quarantined_count: int = 0
    advisory_count: int = 0
    bronze: str = ""
    quarantine: str = ""
    content_hash: str = ""
    as_of: str = ""
    period: str = ""
    databricks_job: str = ""
    reasons: tuple[ReasonCount, ...] = ()

    def values(self) -> dict[str, Value]:
        """The outcome as columns of a ledger row; reasons as JSON."""
        said = {name: value for name, value in asdict(self).items() if name != "reasons" and value not in ("", 0)}
        if self.reasons:
            said["reasons"] = json.dumps(
                [list(asdict(reason).values()) for reason in self.reasons], separators=(",", ":")
            )
        return {**said, "status": self.status.value}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        said = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        reasons = tuple(ReasonCount(*reason) for reason in json.loads(values.get("reasons", "[]")))
        return cls(**{**said, "status": Status(values["status"]), "reasons": reasons})


@dataclass(frozen=True, slots=True)
class Ingestion:
    """The head of a file version's partition. `path` is the one column that may carry PHI.

    `known_at` is when this generation came to be known: the first by arriving, a later one by the request that
    raised it. `former_source_id` is the source it was listed under before metadata gave it another ("" for none).
    """

    file_version_id: str
    path: str
    etag: str
    length: int
    delivered_at: datetime
    sequencer: str
    arrived_at: datetime
    known_at: datetime
    updated_at: datetime
    generation: int = 1
    cause: Cause = Cause.ARRIVAL
    former_source_id: str | None = None
    outcome: Outcome = field(default_factory=Outcome)
    chain: ChainHead = field(default_factory=lambda: ChainHead(0, ""))
    traceparent: str = ""

    @property
    def ingestion_id(self) -> str:
        return f"{self.file_version_id}-{self.generation}"

    @property
    def status(self) -> Status:
        return self.outcome.status

    @property
    def concerns_the_lakehouse(self) -> bool:
        """It has records for a Databricks job, or takes back those that an earlier generation may have brought."""
        takes_back = self.generation > 1 and self.status in (Status.WITHDRAWN, Status.REFUSED)
        return bool(self.outcome.databricks_job) and (self.status is Status.LANDED or takes_back)

    def values(self) -> dict[str, Value]:
        """The head row's columns, without the chain, which is written where events are sealed in."""
        return {
            "path": self.path,
            "etag_at_arrival": self.etag,
            "length": self.length,
            "delivered_at": to_wire(self.delivered_at),
            "sequencer": self.sequencer,
            "arrived_at": to_wire(self.arrived_at),
            "known_at": to_wire(self.known_at),
            "updated_at": to_wire(self.updated_at),
            "generation": self.generation,
            "cause": self.cause.value,
            "traceparent": self.traceparent,
            **({} if self.former_source_id is None else {"former_source_id": self.former_source_id}),
            **self.outcome.values(),
        }

    @classmethod
    def from_row(cls, row: StoredRow) -> Self:
        """Reads a head or, without its chain, a `generation-…` row."""
        values: Mapping[str, Any] = row.values
        return cls(
            file_version_id=row.partition,
            path=values["path"],
            etag=values["etag_at_arrival"],
            length=values["length"],
            delivered_at=from_wire(values["delivered_at"]),
            sequencer=values.get("sequencer", ""),
            arrived_at=from_wire(values["arrived_at"]),
            known_at=from_wire(values["known_at"]),
            updated_at=from_wire(values["updated_at"]),
            generation=values["generation"],
            cause=Cause(values["cause"]),
            former_source_id=values.get("former_source_id"),
            outcome=Outcome.from_values(values),
            chain=ChainHead(values.get("chain_sequence", 0), values.get("chain_hash", "")),
            traceparent=values.get("traceparent", ""),
        )

    def concluded(self, outcome: Outcome, at: datetime) -> Self:
        """The same generation with its end."""
        was = self.outcome.source_id
        former = self.former_source_id if was == outcome.source_id else was
        return replace(self, outcome=outcome, former_source_id=former, updated_at=at)

    def raised(self, cause: Cause, requested_at: datetime, at: datetime) -> Self:
        """The next generation: to be worked again or, withdrawn, at its end at once.

        It is known since it was requested, and never before the generation that it replaces.
        """
        outcome = Outcome(
            status=Status.WITHDRAWN if cause is Cause.WITHDRAW else Status.ARRIVED,
            source_id=self.outcome.source_id,
            databricks_job=self.outcome.databricks_job,
            content_hash=self.outcome.content_hash,
        )
        known_at = max(requested_at, self.known_at)
        following = self.generation + 1
        return replace(self, generation=following, cause=cause, outcome=outcome, known_at=known_at, updated_at=at)


def arrived(
    version: BlobVersion, at: datetime, outcome: Outcome, sequencer: str = "", traceparent: str = ""
) -> Ingestion:
    """The first generation of a file version."""
    return Ingestion(
        file_version_id=version.file_version_id,
        path=version.name,
        etag=version.etag,
        length=version.length,
        delivered_at=version.last_modified,
        sequencer=sequencer,
        arrived_at=at,
        known_at=at,
        updated_at=at,
        outcome=outcome,
        chain=genesis(LEDGER, version.file_version_id),
        traceparent=traceparent,
    )
