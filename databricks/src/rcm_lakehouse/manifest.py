"""The manifest of a run: which ingestions its group holds and where their files are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pyspark.sql import SparkSession

from rcm_lakehouse.errors import ManifestError

MANIFEST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Ingestion:
    """One generation of one file version. `bronze` and `quarantine` are file references or None.

    `known_at` is when this generation came to be known: of the first, when the file arrived; of a later one, what the
    manifest says, or None: when it was taken in.
    """

    file_version_id: str
    generation: int
    source_id: str
    outcome: str
    bronze: str | None
    quarantine: str | None
    records_in: int
    bronze_count: int
    quarantined_count: int
    content_hash: str | None
    arrived_at: datetime
    known_at: datetime | None
    delivered_at: datetime
    as_of: date | None
    period: str | None

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Ingestion":
        """Takes one element of the manifest's `ingestions`; KeyError or ValueError when it is not of the contract."""
        first = row["arrived_at"] if int(row["generation"]) == 1 else None
        known_at = row.get("known_at") or first
        return cls(
            file_version_id=row["file_version_id"],
            generation=int(row["generation"]),
            source_id=row["source_id"],
            outcome=row["outcome"],
            bronze=row["bronze"] or None,
            quarantine=row["quarantine"] or None,
            records_in=int(row["records_in"]),
            bronze_count=int(row["bronze_count"]),
            quarantined_count=int(row["quarantined_count"]),
            content_hash=row["content_hash"],
            arrived_at=datetime.fromisoformat(row["arrived_at"]),
            known_at=datetime.fromisoformat(known_at) if known_at else None,
            delivered_at=datetime.fromisoformat(row["delivered_at"]),
            as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
            period=row["period"] or None,
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """The group of one run; `token` names the run and the edition it publishes."""

    token: str
    ingestions: tuple[Ingestion, ...]

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """ManifestError on another version or a shape that is not the contract's."""
        try:
            document = json.loads(text)
            if document["manifest_version"] != MANIFEST_VERSION:
                raise ManifestError(f"manifest version {document['manifest_version']}; known: {MANIFEST_VERSION}")
            return cls(document["token"], tuple(Ingestion.from_json(row) for row in document["ingestions"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ManifestError(f"the manifest does not have the contract's shape: {type(error).__name__}") from error


def read_manifest(spark: SparkSession, uri: str) -> Manifest:
    """The manifest at `uri`, read through Spark so that any file system the session knows will do."""
    return Manifest.from_json(spark.read.text(uri, wholetext=True).first()[0])  # type: ignore[index]
