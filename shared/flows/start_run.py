"""Starts a Databricks run of what is ready: manifest and token are committed first, then Databricks is asked."""

from shared.errors import ConflictError
from shared.flows.commit_run import next_attempt, recorded_run, run_commit
from shared.flows.launch_run import after_launch, is_followed, launch
from shared.flows.report_periods import closed_periods
from shared.flows.stranded_groups import group_to_start_again
from shared.model.commit import DATABRICKS_RUNS, HEAD, StoredRow
from shared.model.databricks_run import DatabricksRun, RunStatus, idempotency_token
from shared.model.events import start_due
from shared.model.instant import from_wire
from shared.model.manifest import MANIFESTS, Member, manifest_text
from shared.pipeline.group import due_at
from shared.ports import Ports

MOST_MEMBERS = 5_000


def start_if_due(ports: Ports, databricks_job: str) -> None:
    """Starts the next run when none is at work and a group is due, a stranded one before a fresh one; carries on a
    start that was cut short."""
    head = ports.ledger.get(DATABRICKS_RUNS, databricks_job, HEAD)
    active = str(head.values["active_token"]) if head else ""
    if active:
        _carry_on(ports, recorded_run(ports, databricks_job, active))
        return
    stranded = group_to_start_again(ports, databricks_job)
    if stranded:
        _begin(ports, head, next_attempt(ports, stranded.run), ends=stranded.group.key)
    else:
        _start_what_is_ready(ports, databricks_job, head)


def _start_what_is_ready(ports: Ports, databricks_job: str, head: StoredRow | None) -> None:
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
    elif run.status is RunStatus.RUNNING and not is_followed(ports, run):
        after_launch(ports, run)


def _start(ports: Ports, databricks_job: str, head: StoredRow | None, members: list[Member]) -> None:
    token = idempotency_token(databricks_job, [member.key for member in members], 1)
    text = manifest_text(databricks_job, token, members, closed_periods(ports))
    ports.files.create(MANIFESTS, f"{databricks_job}/{token}.json", text.encode())
    now = ports.clock.now()
    _begin(ports, head, DatabricksRun(databricks_job, token, token, 1, len(members), now, now))


def _begin(ports: Ports, head: StoredRow | None, run: DatabricksRun, ends: str = "") -> None:
    """Commits the run with its token, then asks Databricks. `ends`: the row of the stranded group that it takes up."""
    deleted = (ends,) if ends else ()
    try:
        ports.ledger.commit(
            run_commit(ports, head, run, active=run.token, action="databricks_run_requested", deleted=deleted)
        )
    except ConflictError:
        return
    launch(ports, run)
