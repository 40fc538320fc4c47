"""The commits of a Databricks run: its row, the job's head naming the active run, and the audit of each step."""

from dataclasses import replace

from shared import telemetry
from shared.model.audit import AuditEvent
from shared.model.commit import DATABRICKS_RUNS, HEAD, Commit, Row, StoredRow
from shared.model.databricks_run import DatabricksRun, RunStatus, idempotency_token
from shared.model.manifest import MANIFESTS, member_keys
from shared.model.stranded_group import StrandedGroup
from shared.pipeline.group import again_at
from shared.pipeline.seal import chain_of, seal
from shared.ports import Ports

ACTOR = "run_databricks"


def recorded_run(ports: Ports, databricks_job: str, token: str) -> DatabricksRun | None:
    """The run of a token as the ledger has it."""
    row = ports.ledger.get(DATABRICKS_RUNS, databricks_job, f"run-{token}")
    return DatabricksRun.from_row(row) if row else None


def run_commit(
    ports: Ports,
    head: StoredRow | None,
    run: DatabricksRun,
    active: str,
    action: str,
    others: tuple[Row, ...] = (),
    deleted: tuple[str, ...] = (),
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
        chain_of(head, DATABRICKS_RUNS, run.databricks_job),
        (event,),
        ports.ids.attempt_id(),
        written=(Row(DATABRICKS_RUNS, run.databricks_job, run.row_key, run.values()), *others),
        deleted=deleted,
    )


def head_for(ports: Ports, run: DatabricksRun) -> StoredRow | None:
    """The head under which the next step of `run` is committed; None where somebody else took it further already.

    The head is read first: whoever goes on after that makes the commit a conflict.
    """
    head = ports.ledger.get(DATABRICKS_RUNS, run.databricks_job, HEAD)
    if head is None or head.values["active_token"] != run.token:
        return None
    recorded = recorded_run(ports, run.databricks_job, run.token)
    return head if recorded and recorded.status is run.status else None


def end_run(
    ports: Ports,
    run: DatabricksRun,
    ended: DatabricksRun,
    successor: DatabricksRun | None = None,
    reports: tuple[Row, ...] = (),
) -> bool:
    """Commits that `run` has `ended`, and what comes of it: nothing, for a retry its next attempt, else a stranded
    group. False where somebody else already had."""
    head = head_for(ports, run)
    if head is None:
        return False
    active = successor.token if successor else ""
    others = (*_left_behind(ports, ended, successor), *reports)
    ports.ledger.commit(run_commit(ports, head, ended, active, "databricks_run_ended", others))
    _tell(ended, bool(successor))
    return True


def _left_behind(ports: Ports, ended: DatabricksRun, successor: DatabricksRun | None) -> tuple[Row, ...]:
    if successor:
        return (Row(DATABRICKS_RUNS, ended.databricks_job, successor.row_key, successor.values()),)
    if ended.status is RunStatus.SUCCEEDED:
        return ()
    is_tried_again = ended.status is RunStatus.FAILED
    at = again_at(ended.updated_at, ended.run_attempt, ports.settings.run_attempts) if is_tried_again else None
    return (StrandedGroup(ended.databricks_job, ended.manifest, ended.token, ended.updated_at, at).row(),)


def next_attempt(ports: Ports, run: DatabricksRun) -> DatabricksRun:
    """The next run attempt of the same group, under a token of its own."""
    attempt, now = run.run_attempt + 1, ports.clock.now()
    token = idempotency_token(run.databricks_job, manifest_keys(ports, run), attempt)
    return replace(
        run, token=token, run_attempt=attempt, requested_at=now, updated_at=now,
        status=RunStatus.STARTING, databricks_run_id=0, reason="",
    )  # fmt: skip


def manifest_keys(ports: Ports, run: DatabricksRun) -> list[tuple[str, int]]:
    """The generations that a run takes in."""
    text = b"".join(ports.files.read(MANIFESTS, f"{run.databricks_job}/{run.manifest}.json")).decode()
    return member_keys(text)


def _tell(ended: DatabricksRun, is_retried: bool) -> None:
    fields: dict[str, str | int] = {"token": ended.token, "status": ended.status.value, "reason": ended.reason}
    seconds = (ended.updated_at - ended.requested_at).total_seconds()
    telemetry.measure("databricks_run_seconds", seconds, status=ended.status.value)
    if ended.status is RunStatus.SUCCEEDED or is_retried:
        telemetry.event("databricks_run_ended", **fields)
    else:
        telemetry.alert("databricks_run_failed", **fields)
