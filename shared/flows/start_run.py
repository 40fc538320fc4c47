"""Starts a Databricks run of what is ready: manifest and token are committed first, then Databricks is asked."""

from datetime import timedelta
from itertools import batched

from shared import telemetry
from shared.errors import ConflictError, PermanentError, ThrottledError
from shared.flows.report_periods import closed_periods
from shared.model.audit import AuditEvent, ChainHead, genesis
from shared.model.commit import DATABRICKS_RUNS, HEAD, Commit, Row, StoredRow
from shared.model.databricks_run import DatabricksRun, RunStatus, idempotency_token
from shared.model.events import follow_due, start_due
from shared.model.instant import from_wire, to_wire
from shared.model.manifest import MANIFESTS, Member, manifest_text, member_keys
from shared.pipeline.group import due_at
from shared.pipeline.seal import seal
from shared.ports import Ports

ACTOR = "run_databricks"
REPORTS = "reports"
MOST_MEMBERS = 5_000
MOST_IN_A_GROUP = 100
PATIENCE = timedelta(seconds=30)


def start_if_due(ports: Ports, databricks_job: str) -> None:
    """Starts the next run when none is at work and a group is due; carries on a start that was cut short."""
    head = ports.ledger.get(DATABRICKS_RUNS, databricks_job, HEAD)
    active = str(head.values["active_token"]) if head else ""
    if active:
        _carry_on(ports, recorded_run(ports, databricks_job, active))
        return
    ready = list(ports.ledger.scan(DATABRICKS_RUNS, databricks_job, "ready-", "ready-~"))[:MOST_MEMBERS]
    due = due_at(
        (from_wire(str(row.values["since"])) for row in ready), ports.settings.group_settle, ports.settings.group_limit
    )
    if due is None:
        return
    if due > ports.clock.now():
        ports.sender.send(ports.settings.queue_databricks_run_requests, [start_due(databricks_job, due)])
        return
    _start(ports, databricks_job, head, [Member.from_row(row) for row in ready])


def _carry_on(ports: Ports, run: DatabricksRun | None) -> None:
    """Repeats what the active run's last commit causes, where that was cut short."""
    if run is None:
        return
    if run.status is RunStatus.STARTING:
        launch(ports, run)
    elif run.status is RunStatus.RUNNING and not ports.ledger.get(DATABRICKS_RUNS, run.databricks_job, _followed(run)):
        after_launch(ports, run)


def recorded_run(ports: Ports, databricks_job: str, token: str) -> DatabricksRun | None:
    """The run of a token as the ledger has it."""
    row = ports.ledger.get(DATABRICKS_RUNS, databricks_job, f"run-{token}")
    return DatabricksRun.from_row(row) if row else None


def chain_of(head: StoredRow | None, databricks_job: str) -> ChainHead:
    """How far the job's audit chain has come."""
    if head is None:
        return genesis(DATABRICKS_RUNS, databricks_job)
    return ChainHead(int(str(head.values["chain_sequence"])), str(head.values["chain_hash"]))


def _start(ports: Ports, databricks_job: str, head: StoredRow | None, members: list[Member]) -> None:
    token = idempotency_token(databricks_job, [member.key for member in members], 1)
    text = manifest_text(databricks_job, token, members, closed_periods(ports))
    ports.files.create(MANIFESTS, f"{databricks_job}/{token}.json", text.encode())
    now = ports.clock.now()
    run = DatabricksRun(databricks_job, token, token, 1, len(members), now, now)
    try:
        ports.ledger.commit(run_commit(ports, head, run, active=token, action="databricks_run_requested"))
    except ConflictError:
        return
    launch(ports, run)


def run_commit(
    ports: Ports, head: StoredRow | None, run: DatabricksRun, active: str, action: str, others: tuple[Row, ...] = ()
) -> Commit:
    """The commit of a run's step: its row, the job's head naming the active run, and the audit of it."""
    event = AuditEvent(
        action=action,
        actor=ACTOR,
        object_id=run.token,
        outcome=run.status.value,
        at=run.updated_at,
        details={
            "run_attempt": run.run_attempt,
            "members": run.member_count,
            "databricks_run_id": run.databricks_run_id,
            "reason": run.reason,
        },
    )
    return seal(
        Row(DATABRICKS_RUNS, run.databricks_job, HEAD, {"active_token": active}),
        head.etag if head else None,
        chain_of(head, run.databricks_job),
        (event,),
        ports.ids.attempt_id(),
        written=(Row(DATABRICKS_RUNS, run.databricks_job, run.row_key, run.values()), *others),
    )


def end_run(
    ports: Ports, ended: DatabricksRun, successor: DatabricksRun | None = None, reports: tuple[Row, ...] = ()
) -> bool:
    """Commits the end of the active run and, for a retry, its next attempt. False when somebody else already had."""
    head = ports.ledger.get(DATABRICKS_RUNS, ended.databricks_job, HEAD)
    if head is None or head.values["active_token"] != ended.token:
        return False
    others = (Row(DATABRICKS_RUNS, ended.databricks_job, successor.row_key, successor.values()),) if successor else ()
    active = successor.token if successor else ""
    ports.ledger.commit(run_commit(ports, head, ended, active, "databricks_run_ended", (*others, *reports)))
    _tell(ended, bool(successor))
    return True


def _tell(ended: DatabricksRun, is_retried: bool) -> None:
    fields: dict[str, str | int] = {"token": ended.token, "status": ended.status.value, "reason": ended.reason}
    seconds = (ended.updated_at - ended.requested_at).total_seconds()
    telemetry.measure("databricks_run_seconds", seconds, status=ended.status.value)
    if ended.status is RunStatus.SUCCEEDED or is_retried:
        telemetry.event("databricks_run_ended", **fields)
    else:
        telemetry.alert("databricks_run_failed", **fields)


def launch(ports: Ports, run: DatabricksRun) -> None:
    """Asks Databricks with the committed token, records the answer, clears what the run took, and looks again later."""
    try:
        number = ports.jobs.start(run.databricks_job, run.token, _parameters(ports, run))
    except ThrottledError as throttled:
        _look_again(ports, run, throttled.retry_after)
        return
    except PermanentError as refusal:
        end_run(ports, run.became(RunStatus.FAILED, ports.clock.now(), refusal.code))
        clear_ready(ports, run)
        return
    now = ports.clock.now()
    started = run.became(RunStatus.RUNNING, now, databricks_run_id=number)
    head = ports.ledger.get(DATABRICKS_RUNS, run.databricks_job, HEAD)
    if head is None or head.values["active_token"] != run.token:
        return
    ports.ledger.commit(run_commit(ports, head, started, run.token, "databricks_run_started"))
    telemetry.event("databricks_run_started", token=run.token, members=run.member_count)
    after_launch(ports, started)


def after_launch(ports: Ports, run: DatabricksRun) -> None:
    """Follow-through of a started run; a row says when it is done, so that it is not begun again hours later."""
    clear_ready(ports, run)
    at = ports.clock.now() + ports.settings.follow_every
    ports.sender.send(ports.settings.queue_databricks_run_requests, [follow_due(run.databricks_job, run.token, 1, at)])
    ports.ledger.put(Row(DATABRICKS_RUNS, run.databricks_job, _followed(run), {"at": to_wire(at)}))


def _followed(run: DatabricksRun) -> str:
    return f"followed-{run.token}"


def clear_ready(ports: Ports, run: DatabricksRun) -> None:
    """Takes what the run's manifest names off the ready list and notes for each which group took it."""
    text = b"".join(ports.files.read(MANIFESTS, f"{run.databricks_job}/{run.manifest}.json")).decode()
    for keys in batched(member_keys(text), MOST_IN_A_GROUP, strict=False):
        taken = [Row(DATABRICKS_RUNS, run.databricks_job, taken_key(*key), {"manifest": run.manifest}) for key in keys]
        ports.ledger.insert_all(taken)
        ports.ledger.delete(
            DATABRICKS_RUNS, run.databricks_job, [f"ready-{fv}-{generation}" for fv, generation in keys]
        )


def taken_key(file_version_id: str, generation: int) -> str:
    """The row that says which group took a generation."""
    return f"taken-{file_version_id}-{generation}"


def _parameters(ports: Ports, run: DatabricksRun) -> dict[str, str]:
    settings = ports.settings
    manifests = settings.storage_root.replace("{container}", MANIFESTS)
    reports = settings.storage_root.replace("{container}", REPORTS)
    return {
        "manifest_uri": f"{manifests}/{run.databricks_job}/{run.manifest}.json",
        "report_uri": f"{reports}/{run.databricks_job}/{run.token}",
        "storage_root": settings.storage_root,
        "lake_root": settings.lake_root,
        "token": run.token,
        "as_of_date": "",
    }


def _look_again(ports: Ports, run: DatabricksRun, retry_after: float | None) -> None:
    at = ports.clock.now() + (timedelta(seconds=retry_after) if retry_after else PATIENCE)
    ports.sender.send(ports.settings.queue_databricks_run_requests, [start_due(run.databricks_job, at)])
