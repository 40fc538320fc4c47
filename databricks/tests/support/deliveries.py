"""Deliveries as the ingestion leaves them: bronze and quarantine files, and the manifest of a run."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

type Cells = Mapping[str, str]

REASON = pa.list_(
    pa.struct([(name, pa.string()) for name in ("tier", "rule", "field", "schema_pointer")]),
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One generation of one file version. `rows` are in file order; `bad` are the row numbers that were quarantined.

    An empty row is one that could not be split into cells; it is among the bad.
    """

    source_id: str
    name: str
    as_of: str | None
    rows: Sequence[Cells]
    bad: frozenset[int] = frozenset()
    generation: int = 1
    outcome: str = "landed"
    period: str | None = None
    delivered_at: str = ""
    known_at: str = ""

    @property
    def file_version_id(self) -> str:
        return hashlib.sha256(f"{self.source_id}/{self.name}".encode()).hexdigest()

    @property
    def when(self) -> str:
        return self.delivered_at or f"{self.as_of}T06:00:00.000000Z"

    @property
    def known(self) -> str:
        """When this generation came to be known; a later one a month after the one before it."""
        if self.known_at or self.generation == 1:
            return self.known_at or self.when
        month, day = int(self.when[5:7]) + self.generation - 1, min(int(self.when[8:10]), 28)
        return f"{self.when[:5]}{month:02d}-{day:02d}{self.when[10:]}"

    @property
    def good(self) -> list[tuple[int, Cells]]:
        return [(number, row) for number, row in enumerate(self.rows, start=1) if number not in self.bad]

    @property
    def quarantined(self) -> list[tuple[int, Cells]]:
        return [(number, row) for number, row in enumerate(self.rows, start=1) if number in self.bad]

    def withdrawn(self) -> "Delivered":
        """The next generation of the same file version, with nothing in it."""
        return replace(self, generation=self.generation + 1, outcome="withdrawn", rows=(), bad=frozenset())

    def again(self, rows: Sequence[Cells], bad: frozenset[int] = frozenset()) -> "Delivered":
        """The next generation of the same file version, read anew."""
        return replace(self, generation=self.generation + 1, rows=rows, bad=bad)


@dataclass(slots=True)
class Store:
    """A folder with the containers, and the columns each source's files have."""

    folder: Path
    columns: Mapping[str, Sequence[str]]
    manifests: int = field(default=0)

    @property
    def storage_root(self) -> str:
        return f"{self.folder}/storage/{{container}}"

    @property
    def lake_root(self) -> str:
        return f"{self.folder}/lake"

    def manifest(self, delivered: Sequence[Delivered]) -> tuple[str, str]:
        """Writes the files and the manifest of one run; its token and the manifest's address."""
        self.manifests += 1
        token = hashlib.sha256(f"{self.folder}/{self.manifests}".encode()).hexdigest()
        ingestions = [self._ingestion(one) for one in delivered]
        document = {
            "manifest_version": 1,
            "databricks_job": "rcm_medallion",
            "token": token,
            "run_attempt": 1,
            "files": [i[kind] for i in ingestions for kind in ("bronze", "quarantine") if i[kind]],
            "ingestions": ingestions,
        }
        path = self.folder / "storage" / "manifests" / "rcm_medallion" / f"{token}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
        return token, str(path)

    def _ingestion(self, one: Delivered) -> dict[str, Any]:
        landed = one.outcome == "landed"
        return {
            "file_version_id": one.file_version_id,
            "generation": one.generation,
            "source_id": one.source_id,
            "outcome": one.outcome,
            "bronze": self._write("bronze", one, one.good) if landed and one.good else None,
            "quarantine": self._write("quarantine", one, one.quarantined) if one.quarantined else None,
            "records_in": len(one.rows),
            "bronze_count": len(one.good),
            "quarantined_count": len(one.quarantined),
            "content_hash": hashlib.sha256(json.dumps([dict(row) for row in one.rows]).encode()).hexdigest(),
            "arrived_at": one.when,
            "known_at": one.known,
            "delivered_at": one.when,
            "as_of": one.as_of,
            "period": one.period,
        }

    def _write(self, container: str, one: Delivered, rows: Sequence[tuple[int, Cells]]) -> str:
        reference = f"{container}/{one.source_id}/{one.file_version_id}/{one.generation}/attempt.parquet"
        columns: dict[str, pa.Array] = {"_row_number": pa.array([number for number, _ in rows], pa.int64())}
        if container == "quarantine":
            reason = {"tier": "row", "rule": "pattern", "field": "", "schema_pointer": ""}
            columns["_reasons"] = pa.array([[reason] for _ in rows], REASON)
            columns["_raw"] = pa.array([None for _ in rows], pa.string())
        for name in self.columns[one.source_id]:
            columns[name] = pa.array([row.get(name) for _, row in rows], pa.string())
        path = self.folder / "storage" / reference
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path)
        return reference
