"""close_period: a person signs a month of a hospital; from then on it is locked, and what comes later posts later."""

from collections.abc import Iterator
from datetime import timedelta

from shared import telemetry
from shared.errors import RequestRefusedError
from shared.flows.read_published import current_edition
from shared.flows.report_periods import published_periods, show_period, signed_periods
from shared.flows.stranded_groups import stranded_groups
from shared.model.commit import DATABRICKS_RUNS, HEAD, LEDGER, LISTING, PERIODS, REQUESTS, Row
from shared.model.databricks_run import RunStatus
from shared.model.ingestion import Ingestion, Status
from shared.model.period import Lock, Signature
from shared.model.request import OPEN, request_id
from shared.pipeline.listing import day_partition
from shared.pipeline.read_request import check_headers
from shared.pipeline.read_signature import check_period, read_signature
from shared.pipeline.seal import chain_of, seal
from shared.pipeline.sign_period import books, refuse_unsignable
from shared.ports import Ports

DAYS_BACK = 7  # a file that stands still for longer is the reconciler's, and a person's


def close_period(
    ports: Ports, hospital: str, period: str, body: bytes, content_type: str, caller: str, idempotency_key: str
) -> dict[str, object]:
    """Signs the period and answers how it stands; the same key again answers the same and signs nothing.

    RequestRefusedError: 409 where it can't be signed (with the differences where it does not tie out), 404 for a
    period of which nothing is published, 422 where the key stood for other words.
    """
    check_headers(content_type, idempotency_key)
    check_period(hospital, period)
    signature = read_signature(body)
    name = f"key-{request_id(caller, idempotency_key or ports.ids.attempt_id())}"
    known = ports.ledger.get(PERIODS, hospital, name)
    if known is None:
        _sign(ports, hospital, period, signature, caller, name)
    elif known.values["said"] != signature.digest(period):
        raise RequestRefusedError("idempotency_key_reused", "the key stood for another request", 422)
    return show_period(ports, hospital, period)


def _sign(ports: Ports, hospital: str, period: str, signature: Signature, caller: str, key: str) -> None:
    now = ports.clock.now()  # taken first: what arrives while this is decided is known later than the lock
    head = ports.ledger.get(PERIODS, hospital, HEAD)
    edition = str(current_edition(ports)["edition"])
    published = published_periods(ports, edition).get(hospital, {})
    found = refuse_unsignable(period, published, signed_periods(ports, hospital), now.date())
    _refuse_unsettled(ports, hospital, edition)
    lock = Lock(hospital, period, signature, caller, edition, books(found), now)
    said = Row(PERIODS, hospital, key, {"said": signature.digest(period), "period": period})
    ports.ledger.commit(
        seal(
            Row(PERIODS, hospital, HEAD, {"last_period": period}),
            head.etag if head else None,
            chain_of(head, PERIODS, hospital),
            (lock.event(),),
            ports.ids.attempt_id(),
            inserted=(lock.row(), said),
        )
    )
    telemetry.event("period_signed", request_id=key.removeprefix("key-"))


def _refuse_unsettled(ports: Ports, hospital: str, edition: str) -> None:
    """What became known before the signature must be in what was signed: nothing may be on its way."""
    is_settled = (
        not any(ports.ledger.scan(REQUESTS, OPEN))
        and all(_is_at_rest(ports, job, edition) for job in _jobs(ports, hospital))
        and not any(_is_on_its_way(ports, name) for name in _recent_files(ports, hospital))
    )
    if not is_settled:
        raise RequestRefusedError("not_settled", "files are on their way: sign what is published with them", 409)


def _jobs(ports: Ports, hospital: str) -> set[str]:
    """The Databricks jobs that take in what the hospital sends; others may be configured beside them."""
    return {source.databricks_job for source in ports.metadata.sources.values() if source.origin == hospital}


def _is_at_rest(ports: Ports, databricks_job: str, edition: str) -> bool:
    """Nothing waits or is stranded, and the last run is the one that made the edition."""
    waiting = ports.ledger.scan(DATABRICKS_RUNS, databricks_job, "ready-", "ready-~")
    if any(waiting) or any(stranded_groups(ports, databricks_job)):
        return False
    runs = list(ports.ledger.scan(DATABRICKS_RUNS, databricks_job, "run-", "run-~"))
    last = max(runs, key=lambda row: str(row.values["requested_at"]), default=None)
    return last is not None and last.key == f"run-{edition}" and last.values["status"] == RunStatus.SUCCEEDED


def _recent_files(ports: Ports, hospital: str) -> Iterator[str]:
    """File versions of the hospital, or of nobody knows whom, that arrived in the last days."""
    for back in range(DAYS_BACK):
        for row in ports.ledger.scan(LISTING, day_partition(ports.clock.now() - timedelta(days=back))):
            if str(row.values["source_id"]).partition("__")[0] in ("", hospital):
                yield str(row.values["file_version_id"])


def _is_on_its_way(ports: Ports, file_version_id: str) -> bool:
    """Whether a file is still to be worked, or to be put on the list of what is ready."""
    row = ports.ledger.get(LEDGER, file_version_id, HEAD)
    if row is None:
        return False
    ingestion = Ingestion.from_row(row)
    if not ingestion.concerns_the_lakehouse:
        return ingestion.status is Status.ARRIVED
    key = f"asked-{file_version_id}-{ingestion.generation}"
    return ports.ledger.get(DATABRICKS_RUNS, ingestion.outcome.databricks_job, key) is None
