"""Carries out what a committed ingestion causes. Repeating it does nothing more: same MessageIds, same rows."""

from shared.model.commit import BOOKMARKS, HEAD, LEDGER, LISTING, Row, Value
from shared.model.events import Message, ingestion_landed, ingestion_requested
from shared.model.ingestion import Ingestion, Status
from shared.model.instant import to_wire
from shared.pipeline.listing import listing_rows, newest_first, source_partition
from shared.ports import Ports


def follow_through(ports: Ports, ingestion: Ingestion) -> None:
    """Brings the listings up to date and sends the message that comes next, if one does: last, so that whatever shows
    that it was taken shows that all was carried out."""
    if ingestion.status is Status.LANDED:
        note_last_delivery(ports, ingestion)
    show_in_listings(ports, ingestion)
    sent = _caused_message(ports, ingestion)
    if sent:
        queue, message = sent
        ports.sender.send(queue, [message])


def show_in_listings(ports: Ports, ingestion: Ingestion) -> None:
    """Shows where the ingestion stands. Others list too, from what they read before: who writes last looks once more,
    so that the newest word stays."""
    for row in listing_rows(ingestion):
        ports.ledger.put(row)
    if ingestion.former_source_id is not None:
        former = source_partition(ingestion.former_source_id)
        ports.ledger.delete(LISTING, former, [newest_first(ingestion.arrived_at, ingestion.file_version_id)])
    head = ports.ledger.get(LEDGER, ingestion.file_version_id, HEAD)
    current = Ingestion.from_row(head) if head else ingestion
    if (current.generation, current.status) != (ingestion.generation, ingestion.status):
        show_in_listings(ports, current)


def note_last_delivery(ports: Ports, ingestion: Ingestion) -> None:
    """What the size guard compares the source's next delivery with: the latest by its own date, whenever worked."""
    row = last_delivery_row(ingestion)
    stored = ports.ledger.get(row.table, row.partition, row.key)
    if stored is None:
        is_noted = ports.ledger.insert(row)
    else:
        is_noted = _place(stored) > _place(row) or ports.ledger.replace(row, stored.etag)
    if not is_noted:
        note_last_delivery(ports, ingestion)


def last_delivery_row(ingestion: Ingestion) -> Row:
    """A delivery's place among those of its source, and its size."""
    outcome = ingestion.outcome
    values: dict[str, Value] = {
        "as_of": outcome.as_of,
        "delivered_at": to_wire(ingestion.delivered_at),
        "file_version_id": ingestion.file_version_id,
        "records_in": outcome.records_in,
    }
    return Row(BOOKMARKS, f"delivery-{outcome.source_id}", "last", values)


def _place(row: Row) -> tuple[str, ...]:
    return tuple(str(row.values.get(name, "")) for name in ("as_of", "delivered_at", "file_version_id"))


def _caused_message(ports: Ports, ingestion: Ingestion) -> tuple[str, Message] | None:
    settings = ports.settings
    ids = (ingestion.file_version_id, ingestion.generation, ingestion.traceparent or None)
    if ingestion.status is Status.ARRIVED:
        return settings.queue_ingestion_requests, ingestion_requested(*ids)
    if ingestion.concerns_the_lakehouse:
        return settings.queue_databricks_run_requests, ingestion_landed(*ids)
    return None
