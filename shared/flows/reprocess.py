"""reprocess, withdraw: a person's request is written down and answered, then worked file by file from the queue."""

from dataclasses import replace
from hashlib import sha256
from itertools import islice

from shared import telemetry
from shared.errors import ConflictError, RequestRefusedError, TransientError
from shared.flows.find_targets import Target, find_targets
from shared.flows.follow_request import follow_request, recorded_request, share_size
from shared.flows.follow_through import follow_through
from shared.flows.register import recorded
from shared.model.audit import AuditEvent
from shared.model.commit import HEAD, LEDGER, REQUESTS, Row, StoredRow
from shared.model.file_version import ARCHIVE
from shared.model.ingestion import Cause, Ingestion, Status
from shared.model.instant import from_wire
from shared.model.request import KEYS, OPEN, Request, RequestKind, Selection, request_id
from shared.pipeline.seal import seal
from shared.ports import Ports

MOST_OPEN = 100


def accept(ports: Ports, kind: RequestKind, selection: Selection, caller: str, idempotency_key: str) -> Request:
    """Writes the request down once and sees that it is worked; the same key brings the same request back.

    RequestRefusedError: 422 where the key stood for another request, 429 while too many are open, 404 for an
    unknown name.
    """
    find_targets(ports, selection)
    drafted = Request(request_id(caller, idempotency_key), kind, selection, caller, ports.clock.now())
    request = _first_said(ports, drafted)
    if ports.ledger.insert(request.row()):
        telemetry.event("request_accepted", request_id=request.request_id, kind=kind.value)
    follow_request(ports, request)
    return request


def _first_said(ports: Ports, drafted: Request) -> Request:
    """The request as it was first accepted under its key."""
    said = sha256(f"{drafted.kind}\x1f{drafted.selection.text()}".encode()).hexdigest()
    row = Row(REQUESTS, KEYS, drafted.request_id, {"said": said, "accepted_at": drafted.row().values["accepted_at"]})
    known = ports.ledger.get(REQUESTS, KEYS, drafted.request_id)
    if known is None:
        _refuse_flood(ports)
        if ports.ledger.insert(row):
            return drafted
        known = ports.ledger.get(REQUESTS, KEYS, drafted.request_id)
    if known is None:
        raise TransientError("request_not_written")
    if known.values["said"] != said:
        raise RequestRefusedError("idempotency_key_reused", "the key stood for another request", 422)
    return replace(drafted, accepted_at=from_wire(str(known.values["accepted_at"])))


def _refuse_flood(ports: Ports) -> None:
    if sum(1 for _ in islice(ports.ledger.scan(REQUESTS, OPEN), MOST_OPEN)) == MOST_OPEN:
        raise RequestRefusedError("too_many_open_requests", "try again later", 429)


def work_request(ports: Ports, day: str, name: str, offset: int) -> None:
    """Raises the next share of a request's targets. New arrivals get their turn between two shares."""
    row = ports.ledger.get(REQUESTS, day, name)
    if row is None:
        raise TransientError("request_not_committed")
    request = Request.from_row(row)
    if request.target_count == offset and not request.is_done:
        request = _work_share(ports, request, row)
    follow_request(ports, request)


def _work_share(ports: Ports, request: Request, row: StoredRow) -> Request:
    at_once = share_size(ports)
    targets = _next_targets(ports, request, at_once)
    raised = sum(raise_generation(ports, request, target.file_version_id) for target in targets)
    reached = targets[-1].place if targets else request.reached
    further = request.went_on(len(targets), raised, reached, is_done=len(targets) < at_once)
    if not ports.ledger.replace(further.row(), row.etag):
        return recorded_request(ports, request.day, request.request_id)
    return further


def _next_targets(ports: Ports, request: Request, most: int) -> list[Target]:
    """None where what was named is not there any more, a source or a manifest: such a request is at its end."""
    try:
        return list(islice(find_targets(ports, request.selection, request.reached), most))
    except RequestRefusedError as refusal:
        telemetry.event("request_cut_short", request_id=request.request_id, reason=refusal.code)
        return []


def raise_generation(ports: Ports, request: Request, file_version_id: str) -> bool:
    """Gives a file version its next generation: once per request, whatever other requests came between, and not while
    one is still being worked."""
    row = ports.ledger.get(LEDGER, file_version_id, HEAD)
    if row is None:
        return False
    ingestion = Ingestion.from_row(row)
    if ports.ledger.get(LEDGER, file_version_id, _raised_key(request)):
        follow_through(ports, ingestion)
        return True
    if ingestion.status is Status.ARRIVED or not ports.files.describe(ARCHIVE, file_version_id):
        return False
    raised = ingestion.raised(_cause(request, ingestion), request.accepted_at, ports.clock.now())
    try:
        _commit(ports, request, raised, row.etag)
    except ConflictError:
        raised = recorded(ports, file_version_id)
    follow_through(ports, raised)
    return True


def _raised_key(request: Request) -> str:
    """The row that says that a request has had its effect on a file version."""
    return f"raised-{request.request_id}"


def _cause(request: Request, ingestion: Ingestion) -> Cause:
    if request.kind is RequestKind.WITHDRAW:
        return Cause.WITHDRAW
    is_release = request.selection.is_release and ingestion.status is Status.HELD
    return Cause.RELEASE if is_release else Cause.REPROCESS


def _commit(ports: Ports, request: Request, raised: Ingestion, head_etag: str) -> None:
    head = Row(LEDGER, raised.file_version_id, HEAD, raised.values())
    event = AuditEvent(
        action="generation_raised",
        actor=request.caller,
        object_id=raised.ingestion_id,
        outcome=raised.status.value,
        at=raised.updated_at,
        details={"cause": raised.cause.value, "request_id": request.request_id},
    )
    rows = [Row(LEDGER, raised.file_version_id, _raised_key(request), {"generation": raised.generation})]
    if raised.status is Status.WITHDRAWN:
        rows.append(replace(head, key=f"generation-{raised.generation:04d}"))
    ports.ledger.commit(seal(head, head_etag, raised.chain, (event,), ports.ids.attempt_id(), inserted=tuple(rows)))
