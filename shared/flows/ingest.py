"""ingest: one generation of a file version, from bytes to bronze and quarantine, in one commit."""

from dataclasses import replace

from shared import telemetry
from shared.errors import ConflictError, FileGoneError, PermanentError, TransientError, VersionChangedError
from shared.flows.claim_content import claim_content
from shared.flows.follow_through import follow_through
from shared.flows.register import recorded
from shared.flows.stage import stage_files, sweep
from shared.model.audit import AuditEvent
from shared.model.commit import BOOKMARKS, HEAD, LEDGER, Commit, Row
from shared.model.file_version import ARCHIVE, LANDING, BlobVersion
from shared.model.ingestion import Cause, Ingestion, Outcome, Status
from shared.model.lineage import LineageEdge, bronze_dataset, landing_dataset, quarantine_dataset
from shared.model.source import SourceDefinition
from shared.model.violation import Violation
from shared.pipeline.conclude import conclude, refused
from shared.pipeline.identify import identify
from shared.pipeline.seal import seal
from shared.ports import Ports

ACTOR = "ingest"


def ingest(ports: Ports, file_version_id: str, generation: int) -> None:
    """Works the generation unless that was done, then sees to what follows. Safe to repeat and to race."""
    row = ports.ledger.get(LEDGER, file_version_id, HEAD)
    if row is None:
        raise TransientError("not_registered")
    ingestion = Ingestion.from_row(row)
    if ingestion.generation > generation:
        return
    if ingestion.generation < generation:
        raise TransientError("generation_not_committed")
    if ingestion.status is Status.ARRIVED:
        ingestion = _work(ports, ingestion, row.etag)
    follow_through(ports, ingestion)


def _work(ports: Ports, ingestion: Ingestion, head_etag: str) -> Ingestion:
    attempt_id = ports.ids.attempt_id()
    started = ports.clock.monotonic()
    outcome = _secure(ports, ingestion) or _examined(ports, ingestion, attempt_id)
    concluded = ingestion.concluded(outcome, ports.clock.now())
    try:
        ports.ledger.commit(_commit(concluded, head_etag, attempt_id))
    except ConflictError:
        sweep(ports, ingestion, outcome.source_id, attempt_id)
        return recorded(ports, ingestion.file_version_id)
    if outcome.status is not Status.LANDED:
        sweep(ports, ingestion, outcome.source_id, attempt_id)
    _tell(concluded, ports.clock.monotonic() - started)
    return concluded


def _secure(ports: Ports, ingestion: Ingestion) -> Outcome | None:
    """Puts the exact bytes into the archive; an outcome only when they can't be had any more."""
    version = BlobVersion("", LANDING, ingestion.path, ingestion.etag, ingestion.length, ingestion.delivered_at)
    source_id = ingestion.outcome.source_id
    try:
        ports.files.archive(version, ARCHIVE, ingestion.file_version_id)
    except FileGoneError:
        return Outcome(Status.GONE, "gone_before_ingest", source_id)
    except VersionChangedError:
        return Outcome(Status.SUPERSEDED, "overwritten_before_ingest", source_id)
    return None


def _examined(ports: Ports, ingestion: Ingestion, attempt_id: str) -> Outcome:
    """Examines; what can't be done whatever is tried ends the generation under that reason."""
    known = replace(Outcome(), source_id=ingestion.outcome.source_id, databricks_job=ingestion.outcome.databricks_job)
    try:
        return _examine(ports, ingestion, attempt_id, known)
    except PermanentError as refusal:
        telemetry.alert("ingestion_refused", file_version_id=ingestion.file_version_id, reason=refusal.code)
        return refused(refusal.code, known)


def _examine(ports: Ports, ingestion: Ingestion, attempt_id: str, known: Outcome) -> Outcome:
    """Reads, checks and stages the archived bytes and decides how the generation ends."""
    identified = identify(ingestion.path, ports.metadata.sources)
    if isinstance(identified, Violation):
        return refused(identified.rule, known)
    source = ports.metadata.sources[identified.source_id]
    report, staged = stage_files(ports, ingestion, source, attempt_id)
    controls = ports.files.describe(ARCHIVE, ingestion.file_version_id) if source.controls.are_declared else None
    outcome = conclude(
        source, identified, report, staged,
        last_count=_last_count(ports, ingestion, source),
        controls=controls.metadata if controls else {},
    )  # fmt: skip
    if outcome.status is Status.LANDED and source.delivery.skips_duplicate_content:
        return _unless_twin(ports, ingestion, outcome)
    return outcome


def _last_count(ports: Ports, ingestion: Ingestion, source: SourceDefinition) -> int | None:
    """The size of the source's last delivery; None where no guard is set or a person released the file."""
    if source.delivery.hold_below_share is None or ingestion.cause is Cause.RELEASE:
        return None
    row = ports.ledger.get(BOOKMARKS, f"delivery-{source.source_id}", "last")
    return int(str(row.values["records_in"])) if row else None


def _unless_twin(ports: Ports, ingestion: Ingestion, outcome: Outcome) -> Outcome:
    holder = claim_content(ports, ingestion, outcome)
    if holder == ingestion.file_version_id:
        return outcome
    return replace(
        outcome, status=Status.DUPLICATE_CONTENT, reason=f"same_as_{holder}", bronze="", quarantine="",
        bronze_count=0, quarantined_count=0, advisory_count=0,
    )  # fmt: skip


def _commit(ingestion: Ingestion, head_etag: str, attempt_id: str) -> Commit:
    head = Row(LEDGER, ingestion.file_version_id, HEAD, ingestion.values())
    kept = replace(head, key=f"generation-{ingestion.generation:04d}")
    return seal(
        head, head_etag, ingestion.chain, (_event(ingestion),), attempt_id,
        inserted=(kept, *_lineage_rows(ingestion, attempt_id)),
    )  # fmt: skip


def _event(ingestion: Ingestion) -> AuditEvent:
    outcome = ingestion.outcome
    return AuditEvent(
        action="ingestion_concluded",
        actor=ACTOR,
        object_id=ingestion.ingestion_id,
        outcome=outcome.status.value,
        at=ingestion.updated_at,
        details={
            "reason": outcome.reason,
            "source_id": outcome.source_id,
            "content_hash": outcome.content_hash,
            "records_in": outcome.records_in,
            "bronze": outcome.bronze_count,
            "quarantined": outcome.quarantined_count,
            "advisory": outcome.advisory_count,
        },
    )


def _lineage_rows(ingestion: Ingestion, attempt_id: str) -> tuple[Row, ...]:
    outcome, ids = ingestion.outcome, (ingestion.file_version_id, ingestion.generation)
    outputs = (
        (outcome.bronze, bronze_dataset(outcome.source_id, *ids), outcome.bronze_count),
        (outcome.quarantine, quarantine_dataset(outcome.source_id, *ids), outcome.quarantined_count),
    )
    landing = landing_dataset(ingestion.file_version_id)
    edges = [
        LineageEdge(ACTOR, attempt_id, landing, output, ingestion.updated_at, count)
        for reference, output, count in outputs
        if reference
    ]
    return tuple(
        Row(LEDGER, ingestion.file_version_id, f"lineage-{ingestion.generation:04d}-{number:02d}", dict(edge.values()))
        for number, edge in enumerate(edges)
    )


def _tell(ingestion: Ingestion, seconds: float) -> None:
    outcome, source_id = ingestion.outcome, ingestion.outcome.source_id
    telemetry.event(
        "ingestion_concluded",
        file_version_id=ingestion.file_version_id,
        generation=ingestion.generation,
        source_id=source_id,
        status=outcome.status.value,
        reason=outcome.reason,
    )
    telemetry.measure("files_concluded", 1, source_id=source_id, status=outcome.status.value)
    telemetry.measure("records_landed", outcome.bronze_count, source_id=source_id)
    telemetry.measure("records_quarantined", outcome.quarantined_count, source_id=source_id)
    telemetry.measure("ingest_seconds", seconds, source_id=source_id)
