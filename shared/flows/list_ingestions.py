"""Lists ingestions from the projections: newest first, page by page, without a scan of the ledger."""

from collections.abc import Iterator

from shared.model.commit import LISTING, StoredRow
from shared.pipeline.listing import source_partition
from shared.pipeline.read_query import ListingQuery
from shared.ports import Ports

SHOWN = (
    "file_version_id",
    "generation",
    "source_id",
    "path",
    "status",
    "reason",
    "records_in",
    "arrived_at",
    "updated_at",
)
COUNTS = {"bronze": "bronze_count", "quarantined": "quarantined_count", "advisory": "advisory_count"}


def list_ingestions(ports: Ports, query: ListingQuery) -> dict[str, object]:
    """`{"ingestions": […], "next_page": "…" | null}`; within a page by source, newest first."""
    found: list[StoredRow] = []
    for row in _rows(ports, query):
        if len(found) == query.limit:
            return {"ingestions": [_shown(row) for row in found], "next_page": f"{found[-1].partition}!{found[-1].key}"}
        found.append(row)
    return {"ingestions": [_shown(row) for row in found], "next_page": None}


def _partitions(ports: Ports, query: ListingQuery) -> list[str]:
    if query.day:
        return [f"day-{query.day}"]
    if query.source_id:
        return [source_partition(query.source_id)]
    return sorted(source_partition(source_id) for source_id in (*ports.metadata.sources, ""))


def _rows(ports: Ports, query: ListingQuery) -> Iterator[StoredRow]:
    """Rows after the page mark that pass the filters."""
    last_partition, _, last_key = query.page.partition("!")
    for partition in _partitions(ports, query):
        if partition < last_partition:
            continue
        first = f"{last_key}~" if partition == last_partition else ""
        for row in ports.ledger.scan(LISTING, partition, first):
            if query.wants(row.values):
                yield row


def _shown(row: StoredRow) -> dict[str, object]:
    values = row.values
    said: dict[str, object] = {name: values.get(name, "") for name in SHOWN}
    counts = {name: values.get(column, 0) for name, column in COUNTS.items()}
    return {"ingestion_id": f"{values['file_version_id']}-{values['generation']}", **said, **counts}
