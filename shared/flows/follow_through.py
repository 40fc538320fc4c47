"""Carries out what a committed ingestion causes. Repeating it does nothing more: same MessageIds, same rows."""

from shared.model.commit import BOOKMARKS, HEAD, LEDGER, LISTING, Row
from shared.model.events import Message, ingestion_landed, ingestion_requested
from shared.model.ingestion import Ingestion, Status
from shared.pipeline.listing import listing_rows, newest_first, source_partition
from shared.ports import Ports


def follow_through(ports: Ports, ingestion: Ingestion) -> None:
    """Sends the message that comes next, if one does, and brings the listings up to date."""
    sent = _caused_message(ports, ingestion)
    if sent:
        queue, message = sent
        ports.sender.send(queue, [message])
    show_in_listings(ports, ingestion)
    if ingestion.status is Status.LANDED:
        ports.ledger.put(last_delivery_row(ingestion))


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


def last_delivery_row(ingestion: Ingestion) -> Row:
    """What the size guard compares the next delivery of the source with."""
    source_id = ingestion.outcome.source_id
    return Row(BOOKMARKS, f"delivery-{source_id}", "last", {"records_in": ingestion.outcome.records_in})


def _caused_message(ports: Ports, ingestion: Ingestion) -> tuple[str, Message] | None:
    settings = ports.settings
    ids = (ingestion.file_version_id, ingestion.generation, ingestion.traceparent or None)
    if ingestion.status is Status.ARRIVED:
        return settings.queue_ingestion_requests, ingestion_requested(*ids)
    if ingestion.concerns_the_lakehouse:
        return settings.queue_databricks_run_requests, ingestion_landed(*ids)
    return None
