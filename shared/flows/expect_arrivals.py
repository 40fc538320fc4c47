"""Tells which sources are overdue: nothing arrived for as long as their metadata expects, with grace."""

from datetime import datetime

from shared import telemetry
from shared.model.commit import BOOKMARKS, LISTING, Row
from shared.model.instant import from_wire, to_wire
from shared.model.source import SourceDefinition
from shared.pipeline.listing import source_partition
from shared.ports import Ports


def expect_arrivals(ports: Ports, now: datetime) -> None:
    """One alert per source and missed arrival (two, where a crash comes between alert and note); a source that never
    delivered is not expected yet."""
    for source in ports.metadata.sources.values():
        last = _last_arrival(ports, source)
        if source.expected and last and last + source.expected.every + source.expected.grace < now:
            told = Row(BOOKMARKS, f"overdue-{source.source_id}", to_wire(last), {"at": to_wire(now)})
            if ports.ledger.get(BOOKMARKS, told.partition, told.key) is None:
                telemetry.alert("file_overdue", source_id=source.source_id)
                ports.ledger.put(told)


def _last_arrival(ports: Ports, source: SourceDefinition) -> datetime | None:
    row = next(iter(ports.ledger.scan(LISTING, source_partition(source.source_id))), None)
    return from_wire(str(row.values["arrived_at"])) if row else None
