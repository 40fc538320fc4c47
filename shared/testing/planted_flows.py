"""The program with one guard taken away, function by function: what `planted_bugs` puts in the real ones' places."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from shared.errors import RcmError, TransientError
from shared.flows import (
    follow_through,
    ingest,
    reprocess,
    stage,
    take_message,
)
from shared.model import events, file_version
from shared.model.commit import Row
from shared.model.ingestion import Ingestion, Outcome, Status
from shared.pipeline import conclude, seal
from shared.pipeline.listing import listing_rows
from shared.pipeline.read_message import read_message
from shared.ports import Ports
from shared.testing import fake_file_store, fake_ledger


def nothing(*_: object, **__: object) -> None:
    return None


def work_without_following(ports: Ports, file_version_id: str, generation: int) -> None:
    """Takes the finished commit for the end of the work: what it causes is never carried out again."""
    row = ports.ledger.get("ledger", file_version_id, "head")
    if row is None:
        raise TransientError("not_registered")
    ingestion = Ingestion.from_row(row)
    if ingestion.generation == generation and ingestion.status is Status.ARRIVED:
        follow_through.follow_through(ports, ingest._work(ports, ingestion, row.etag))


def swallow_transient(ports: Ports, body: bytes, _message_id: str, work: Callable[..., None]) -> None:
    """A catch-all handler: every message is let go."""
    try:
        work(ports, read_message(body))
    except RcmError:
        return


def follow_through_swallowing(ports: Ports, ingestion: Ingestion) -> None:
    try:
        REAL_FOLLOW_THROUGH(ports, ingestion)
    except TransientError:
        return


REAL_FOLLOW_THROUGH = follow_through.follow_through


REAL_COMMIT = fake_ledger.FakeLedger.commit


REAL_ARCHIVE = fake_file_store.FakeFileStore.archive


def commit_unguarded(ledger: fake_ledger.FakeLedger, commit: Any) -> None:
    """Writes over whatever head and events there are."""
    head = ledger.tables[commit.head.table].get(commit.head.partition, {}).get(commit.head.key)
    written = (*commit.inserted, *commit.written)
    REAL_COMMIT(ledger, replace(commit, expected=head.etag if head else None, inserted=(), written=written))


def archive_whatever_is_there(store: fake_file_store.FakeFileStore, version: Any, container: str, name: str) -> bool:
    """The copy is not pinned to the ETag: newer bytes go under an older name."""
    current = store.describe(version.container, version.name)
    return REAL_ARCHIVE(store, current or version, container, name)


def requested_without_generation(
    file_version_id: str, generation: int, traceparent: str | None = None
) -> events.Message:
    return replace(
        events.ingestion_requested(file_version_id, generation, traceparent), message_id=f"requested-{file_version_id}"
    )


def landed_without_generation(file_version_id: str, generation: int, traceparent: str | None = None) -> events.Message:
    return replace(
        events.ingestion_landed(file_version_id, generation, traceparent), message_id=f"landed-{file_version_id}"
    )


def staged_without_attempt(ingestion: Ingestion, source_id: str, attempt_id: str) -> str:  # noqa: ARG001
    return f"{source_id}/{ingestion.file_version_id}/{ingestion.generation}/{'0' * 32}.parquet"


def raised_by_head_only(ports: Ports, request: Any, file_version_id: str) -> bool:
    """A request raises again whenever it is delivered again."""
    row = ports.ledger.get("ledger", file_version_id, "head")
    if row is None:
        return False
    ingestion = Ingestion.from_row(row)
    if ingestion.status is Status.ARRIVED:
        return False
    raised = ingestion.raised(reprocess._cause(request, ingestion), request.accepted_at, ports.clock.now())
    with patch.object(reprocess, "_raised_key", lambda _: f"raised-{ports.ids.attempt_id()}"):
        reprocess._commit(ports, request, raised, row.etag)
    follow_through.follow_through(ports, raised)
    return True


def path_in_details(ingestion: Ingestion) -> Any:
    """The landing path in the audit event."""
    event = REAL_EVENT(ingestion)
    return replace(event, details={**event.details, "path": ingestion.path})


REAL_EVENT = ingest._event


def claims_nothing(ports: Ports, ingestion: Ingestion, outcome: Any) -> str:  # noqa: ARG001
    return ingestion.file_version_id


def no_audit(head: Row, expected: str | None, chain: Any, events_: Any, commit_id: str, **rows: Any) -> Any:
    """The step is committed and its event left out."""
    commit = REAL_SEAL(head, expected, chain, events_, commit_id, **rows)
    kept = tuple(row for row in commit.inserted if not row.key.startswith("audit-"))
    return replace(commit, inserted=kept)


REAL_SEAL = seal.seal


def refuse_for_good(ports: Ports, ingestion: Ingestion, attempt_id: str) -> Any:
    """A fault is taken for bad data: the file is refused because a service hiccuped."""
    try:
        return REAL_EXAMINED(ports, ingestion, attempt_id)
    except TransientError as fault:
        return conclude.refused(fault.code, Outcome(source_id=ingestion.outcome.source_id))


REAL_EXAMINED = ingest._examined


def finish_chunk_short(digest: stage.Digest) -> str:
    """The hash of what was read so far."""
    return digest._hash.copy().hexdigest()[::-1]


REAL_VERSION = file_version.file_version_id


def version_by_name(account: str, container: str, name: str, _etag: str) -> str:
    """Arrivals are told apart by their path alone."""
    return REAL_VERSION(account, container, name, "any")


def list_once(ports: Ports, ingestion: Ingestion) -> None:
    """Whoever writes last has the last word, however old what it says."""
    for row in listing_rows(ingestion):
        ports.ledger.put(row)


def take_only_known(ports: Ports, body: bytes, message_id: str, work: Callable[..., None]) -> None:
    """What this program does not know is let go for good."""
    if b".v1" in body:
        REAL_TAKE(ports, body, message_id, work)
    else:
        take_message._park(ports, message_id, "unknown_message_type")


REAL_TAKE = take_message._take


def note_whatever_comes(ports: Ports, ingestion: Ingestion) -> None:
    ports.ledger.put(follow_through.last_delivery_row(ingestion))
