"""What a Service Bus message asks for: worked, given back to come again, or parked once with a reason."""

from collections.abc import Callable, Mapping

from shared import telemetry
from shared.errors import PermanentError, TransientError
from shared.flows.ingest import ingest
from shared.flows.reprocess import work_request
from shared.flows.run_databricks import run_databricks
from shared.model.commit import REQUESTS, Row
from shared.model.events import INGESTION_REQUESTED, REPROCESS_REQUESTED
from shared.model.instant import to_wire
from shared.pipeline.read_message import read_message
from shared.ports import Ports

PARKED = "parked"


def take_ingestion_request(ports: Ports, body: bytes, message_id: str, traceparent: str = "") -> None:
    """One message of `ingestion-requests`."""
    with telemetry.span("ingest", traceparent):
        _take(ports, body, message_id, _ingest)


def take_run_request(ports: Ports, body: bytes, message_id: str, traceparent: str = "") -> None:
    """One message of `databricks-run-requests`."""
    with telemetry.span("run_databricks", traceparent):
        _take(ports, body, message_id, run_databricks)


def _take(ports: Ports, body: bytes, message_id: str, work: Callable[[Ports, Mapping[str, object]], None]) -> None:
    try:
        work(ports, read_message(body))
    except PermanentError as refusal:
        _park(ports, message_id, refusal.code)


def _ingest(ports: Ports, body: Mapping[str, object]) -> None:
    match body:
        case {"type": t, "file_version_id": str(file_version_id), "generation": int(generation)} if (
            t == INGESTION_REQUESTED
        ):
            ingest(ports, file_version_id, generation)
        case {"type": t, "day": str(day), "request_id": str(name), "offset": int(offset)} if t == REPROCESS_REQUESTED:
            work_request(ports, day, name, offset)
        case {"type": t} if t not in (INGESTION_REQUESTED, REPROCESS_REQUESTED):
            raise TransientError("unknown_message_type")
        case _:
            raise PermanentError("bad_message")


def _park(ports: Ports, message_id: str, code: str) -> None:
    """Writes down, once, that a message was set aside; its body is not kept, for nobody knows what is in it."""
    key = "".join(c if c.isalnum() or c in "-_" else "_" for c in message_id)[:200]
    row = Row(REQUESTS, PARKED, key or "unnamed", {"reason": code, "at": to_wire(ports.clock.now())})
    if ports.ledger.get(REQUESTS, PARKED, row.key) is None:
        telemetry.alert("message_parked", reason=code)
        ports.ledger.put(row)
