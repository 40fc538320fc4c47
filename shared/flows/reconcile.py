"""reconcile: compares landing with the ledger, and the ledger with what should follow: lost becomes late.

Each tick is complete by itself: it looks at what changed since the last that ended well, and daily at everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared import telemetry
from shared.errors import RcmError
from shared.flows.commit_run import recorded_run
from shared.flows.drain_dead_letters import tell_dead_letters
from shared.flows.expect_arrivals import expect_arrivals
from shared.flows.follow_request import follow_request, recorded_request
from shared.flows.follow_through import follow_through, show_in_listings
from shared.flows.launch_run import look_at
from shared.flows.register import register
from shared.flows.start_run import start_if_due
from shared.flows.stranded_groups import tell_stranded_groups
from shared.flows.sweep_staged import sweep_staged
from shared.model.commit import BOOKMARKS, DATABRICKS_RUNS, HEAD, LEDGER, LISTING, REQUESTS, Row, StoredRow
from shared.model.databricks_run import RunStatus
from shared.model.file_version import LANDING, ArrivalHint, BlobVersion
from shared.model.ingestion import Ingestion, Status
from shared.model.instant import from_wire, to_wire
from shared.model.request import OPEN
from shared.pipeline.listing import day_partition, source_partition
from shared.ports import Ports

GRACE = timedelta(minutes=2)
FULL_EVERY = timedelta(days=1)
OVERLAP = timedelta(hours=1)
DAYS_BACK = 7
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
RECONCILED = "reconciled"
UNHEARD = "unheard"


@dataclass(slots=True)
class Tick:
    """What this tick looks at: changes from `since` on; what is younger than `until` is still being worked.

    `reached` is how far it got, for the next to go on from: `now`, or the beginning of a copy that still fills a file.
    """

    now: datetime
    since: datetime
    is_full: bool
    reached: datetime

    @property
    def until(self) -> datetime:
        return self.now - GRACE


def reconcile(ports: Ports) -> None:
    """Does every comparison; one that fails is told and does not keep the others from being made."""
    tick = _next_tick(ports)
    whole = [_try(compare, ports, tick) for compare in COMPARISONS]
    if all(whole):
        _remember(ports, tick)


def _next_tick(ports: Ports) -> Tick:
    now = ports.clock.now()
    row = ports.ledger.get(BOOKMARKS, RECONCILED, "last")
    last = from_wire(str(row.values["at"])) if row else BEGINNING
    last_full = from_wire(str(row.values["full_at"])) if row else BEGINNING
    is_full = now - last_full >= FULL_EVERY
    return Tick(now, BEGINNING if is_full else last - OVERLAP, is_full, reached=now)


def _remember(ports: Ports, tick: Tick) -> None:
    row = ports.ledger.get(BOOKMARKS, RECONCILED, "last")
    full_at = to_wire(tick.now) if tick.is_full or row is None else str(row.values["full_at"])
    ports.ledger.put(Row(BOOKMARKS, RECONCILED, "last", {"at": to_wire(tick.reached), "full_at": full_at}))


def _try(compare: Callable[[Ports, Tick], None], ports: Ports, tick: Tick) -> bool:
    try:
        compare(ports, tick)
    except RcmError as fault:
        telemetry.alert("reconcile_failed", comparison=compare.__name__, reason=fault.code)
        return False
    return True


def landing_with_ledger(ports: Ports, tick: Tick) -> None:
    """Registers what no event told of, and follows through for arrivals that stand still."""
    for blob in ports.files.list(LANDING):
        if blob.copy_pending:
            tick.reached = min(tick.reached, blob.last_modified)
        if blob.copy_pending or blob.last_modified < tick.since:
            continue
        row = ports.ledger.get(LEDGER, blob.file_version_id, HEAD)
        if row is None:
            telemetry.event("unregistered_file_found", file_version_id=blob.file_version_id)
            _register_unheard(ports, blob, tick)
        else:
            _follow_if_still(ports, Ingestion.from_row(row), tick)


def _register_unheard(ports: Ports, blob: BlobVersion, tick: Tick) -> None:
    """Notes what is registered until that is done: should it be cut short no event comes again, and the file may go."""
    ports.ledger.put(Row(BOOKMARKS, UNHEARD, blob.file_version_id, {"at": to_wire(tick.now)}))
    register(ports, ArrivalHint(blob.name, blob.etag))
    ports.ledger.delete(BOOKMARKS, UNHEARD, [blob.file_version_id])


def unheard_with_ledger(ports: Ports, tick: Tick) -> None:
    """Follows through for registrations of this flow that were cut short; what was not committed in a day never is."""
    for row in ports.ledger.scan(BOOKMARKS, UNHEARD):
        head = ports.ledger.get(LEDGER, row.key, HEAD)
        if head:
            follow_through(ports, Ingestion.from_row(head))
        if head or from_wire(str(row.values["at"])) < tick.now - FULL_EVERY:
            ports.ledger.delete(BOOKMARKS, UNHEARD, [row.key])


def _follow_if_still(ports: Ports, ingestion: Ingestion, tick: Tick) -> None:
    if ingestion.status is Status.ARRIVED and ingestion.updated_at < tick.until:
        telemetry.event("still_arrived", file_version_id=ingestion.file_version_id, generation=ingestion.generation)
        follow_through(ports, ingestion)


def ledger_with_what_followed(ports: Ports, tick: Tick) -> None:
    """Follows through again for ingestions of the last days that stand still, never reached the run queue or are not
    listed as they stand."""
    days = (tick.now - timedelta(days=back) for back in range(DAYS_BACK if tick.is_full else 2))
    for day in days:
        for row in ports.ledger.scan(LISTING, day_partition(day)):
            updated_at = from_wire(str(row.values["updated_at"]))
            is_still = row.values["status"] == Status.ARRIVED
            if updated_at < tick.until and (is_still or updated_at >= tick.since):
                _follow_if_unasked(ports, row, tick)


def _follow_if_unasked(ports: Ports, listed: StoredRow, tick: Tick) -> None:
    row = ports.ledger.get(LEDGER, str(listed.values["file_version_id"]), HEAD)
    if row is None:
        return
    ingestion = Ingestion.from_row(row)
    if not _is_listed(ports, listed, ingestion):
        show_in_listings(ports, ingestion)
    _follow_if_still(ports, ingestion, tick)
    if ingestion.concerns_the_lakehouse:
        key = f"asked-{ingestion.file_version_id}-{ingestion.generation}"
        if ports.ledger.get(DATABRICKS_RUNS, ingestion.outcome.databricks_job, key) is None:
            follow_through(ports, ingestion)


def _is_listed(ports: Ports, by_day: StoredRow, ingestion: Ingestion) -> bool:
    """Whether both listings show where it stands: a writer may have died between them, or before."""
    by_source = ports.ledger.get(LISTING, source_partition(ingestion.outcome.source_id), by_day.key)
    standing = (ingestion.generation, ingestion.status)
    return all(row and (row.values["generation"], row.values["status"]) == standing for row in (by_day, by_source))


def open_requests(ports: Ports, _tick: Tick) -> None:
    """Goes on with requests that were accepted and not finished."""
    for row in ports.ledger.scan(REQUESTS, OPEN):
        follow_request(ports, recorded_request(ports, str(row.values["day"]), row.key))


def runs_with_databricks(ports: Ports, tick: Tick) -> None:
    """Looks at the active run of each job and at what is ready, as if every message about them had been lost."""
    for databricks_job in ports.settings.databricks_jobs:
        start_if_due(ports, databricks_job)
        head = ports.ledger.get(DATABRICKS_RUNS, databricks_job, HEAD)
        active = str(head.values["active_token"]) if head else ""
        run = recorded_run(ports, databricks_job, active) if active else None
        if run and run.status is RunStatus.RUNNING:
            look_at(ports, run, tick.now)


def groups_with_runs(ports: Ports, _tick: Tick) -> None:
    """Tells which groups no run could take in."""
    for databricks_job in ports.settings.databricks_jobs:
        tell_stranded_groups(ports, databricks_job)


def staged_with_commits(ports: Ports, tick: Tick) -> None:
    """Once a day, takes away staged files that no commit names."""
    if tick.is_full:
        sweep_staged(ports)


def arrivals_with_calendar(ports: Ports, tick: Tick) -> None:
    """Tells which sources are overdue."""
    expect_arrivals(ports, tick.now)


def dead_letters_with_none(ports: Ports, tick: Tick) -> None:
    """Tells how many messages were put aside, and since when: each waits for a person."""
    tell_dead_letters(ports, tick.now)


COMPARISONS = (
    landing_with_ledger,
    unheard_with_ledger,
    ledger_with_what_followed,
    open_requests,
    runs_with_databricks,
    groups_with_runs,
    staged_with_commits,
    arrivals_with_calendar,
    dead_letters_with_none,
)
