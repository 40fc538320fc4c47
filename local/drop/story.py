"""What became of a file, in lines for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

REASONS_SHOWN = 10


def tell(ingestion: Mapping[str, Any]) -> Iterator[str]:
    """The lines of one ingestion as `GET /api/ingestions/<id>` shows it."""
    source = ingestion["source_id"] or "no source"
    reason = f" ({ingestion['reason']})" if ingestion["reason"] else ""
    yield f"{ingestion['status']}{reason}, {source}"
    if ingestion["records_in"]:
        counts = f"{ingestion['bronze']} to bronze, {ingestion['quarantined']} to quarantine"
        yield f"  {ingestion['records_in']} records: {counts}, {ingestion['advisory']} with advice"
    for entry in ingestion["reasons"][:REASONS_SHOWN]:
        where = f" in {entry['field']}" if entry["field"] else ""
        yield f"  {entry['count']} x {entry['rule']}{where} ({entry['tier']})"
    for databricks_run in ingestion["databricks_runs"]:
        yield f"  databricks run {databricks_run['databricks_run_id'] or 'not started'}: {databricks_run['status']}"


def is_settled(ingestion: Mapping[str, Any]) -> bool:
    """True if nothing more happens to the file, but for what its Databricks run does."""
    return str(ingestion["status"]) != "arrived"
