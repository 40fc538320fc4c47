"""Listing rows: projections of the ledger's heads by day and by source, newest first, rebuildable at any time."""

from datetime import UTC, datetime

from shared.model.commit import LISTING, Row, Value
from shared.model.ingestion import Ingestion
from shared.model.instant import to_wire

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)


def day_partition(instant: datetime) -> str:
    """The partition of all that arrived on a UTC day."""
    return f"day-{instant.astimezone(UTC):%Y-%m-%d}"


def source_partition(source_id: str) -> str:
    """The partition of one source; `unknown` where no source claims the path."""
    return f"source-{source_id or 'unknown'}"


def newest_first(instant: datetime, file_version_id: str) -> str:
    """A row key that sorts later instants first: milliseconds until the end of time."""
    left = int((END_OF_TIME - instant).total_seconds() * 1000)
    return f"{left:015d}-{file_version_id}"


def listing_rows(ingestion: Ingestion) -> tuple[Row, ...]:
    """The rows that show where an ingestion stands, one per listing."""
    key = newest_first(ingestion.arrived_at, ingestion.file_version_id)
    partitions = (day_partition(ingestion.arrived_at), source_partition(ingestion.outcome.source_id))
    return tuple(Row(LISTING, partition, key, _shown(ingestion)) for partition in partitions)


def _shown(ingestion: Ingestion) -> dict[str, Value]:
    outcome = ingestion.outcome
    return {
        "file_version_id": ingestion.file_version_id,
        "generation": ingestion.generation,
        "path": ingestion.path,
        "source_id": outcome.source_id,
        "status": outcome.status.value,
        "reason": outcome.reason,
        "records_in": outcome.records_in,
        "bronze_count": outcome.bronze_count,
        "quarantined_count": outcome.quarantined_count,
        "advisory_count": outcome.advisory_count,
        "arrived_at": to_wire(ingestion.arrived_at),
        "updated_at": to_wire(ingestion.updated_at),
    }
