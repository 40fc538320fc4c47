"""register: something may have changed at a path in landing. Look what is there now and write it down once."""

from shared import telemetry
from shared.errors import ConflictError, TransientError
from shared.flows.follow_through import follow_through
from shared.model.audit import AuditEvent
from shared.model.commit import HEAD, LEDGER, Row
from shared.model.file_version import LANDING, ArrivalHint, BlobVersion, normalise_etag
from shared.model.ingestion import Ingestion, Outcome, Status, arrived
from shared.model.violation import Violation
from shared.pipeline.identify import identify
from shared.pipeline.seal import seal
from shared.ports import Ports

ACTOR = "register"


def register(ports: Ports, hint: ArrivalHint) -> Ingestion | None:
    """Registers the version that stands at the hinted path; None when nothing stands there.

    A hint of other bytes than those is recorded as superseded, one of bytes that nobody put others in the place of as
    gone. Raises TransientError while a copy still fills the blob.
    """
    with telemetry.span("register"):
        return _register(ports, hint)


def _register(ports: Ports, hint: ArrivalHint) -> Ingestion | None:
    found = ports.files.describe(LANDING, hint.name)
    if found is None:
        telemetry.event("hint_without_file")
        _record_lost(ports, hint, Outcome(Status.GONE, "gone_before_register"))
        return None
    if found.copy_pending:
        raise TransientError("copy_pending")
    if normalise_etag(hint.etag or "") != found.etag:
        _record_lost(ports, hint, Outcome(Status.SUPERSEDED, "overwritten_before_register"))
    ingestion = _record(ports, _arrival(ports, hint, found))
    follow_through(ports, ingestion)
    return ingestion


def _arrival(ports: Ports, hint: ArrivalHint, found: BlobVersion) -> Ingestion:
    identified = identify(found.name, ports.metadata.sources)
    source_id = "" if isinstance(identified, Violation) else identified.source_id
    return arrived(found, ports.clock.now(), Outcome(source_id=source_id), hint.sequencer, telemetry.traceparent())


def _record_lost(ports: Ports, hint: ArrivalHint, outcome: Outcome) -> None:
    """Records the version that the hint speaks of, if it names one: what became of it, unless the ledger knew it.

    Then its arrival is followed through: whoever registered it may have died before.
    """
    if hint.etag:
        now = ports.clock.now()
        lost = BlobVersion(ports.files.account, LANDING, hint.name, normalise_etag(hint.etag), 0, now)
        follow_through(ports, _record(ports, arrived(lost, now, outcome, hint.sequencer)))


def _record(ports: Ports, ingestion: Ingestion) -> Ingestion:
    """Commits the arrival unless the ledger has it; what the ledger says is what counts."""
    head = Row(LEDGER, ingestion.file_version_id, HEAD, ingestion.values())
    event = AuditEvent(
        action="file_arrived",
        actor=ACTOR,
        object_id=ingestion.ingestion_id,
        outcome=ingestion.status.value,
        at=ingestion.arrived_at,
        details={"source_id": ingestion.outcome.source_id, "length": ingestion.length},
    )
    try:
        ports.ledger.commit(seal(head, None, ingestion.chain, (event,), ports.ids.attempt_id()))
    except ConflictError:
        return recorded(ports, ingestion.file_version_id)
    telemetry.measure("files_arrived", 1, source_id=ingestion.outcome.source_id)
    return ingestion


def recorded(ports: Ports, file_version_id: str) -> Ingestion:
    """The ledger's word on a file version; TransientError where it has none yet."""
    row = ports.ledger.get(LEDGER, file_version_id, HEAD)
    if row is None:
        raise TransientError("not_registered")
    return Ingestion.from_row(row)
