"""Follows a Databricks run to its end, writes down what it did, and lets the next one start."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from shared import telemetry
from shared.errors import TransientError
from shared.flows.start_run import end_run, launch, recorded_run, start_if_due
from shared.model.commit import DATABRICKS_RUNS, Row
from shared.model.databricks_run import DatabricksRun, ReportedState, RunStatus, idempotency_token
from shared.model.events import follow_due
from shared.model.manifest import MANIFESTS, member_keys
from shared.pipeline.follow import Decision, decide
from shared.pipeline.report import TaskReport, read_report
from shared.ports import Ports

REPORTS = "reports"
SIGNED_NOT_TIED_OUT = "signed_period_not_tied_out"
CLOCKS_MAY_DIFFER = timedelta(minutes=15)
ENDS = {
    Decision.SUCCEED: RunStatus.SUCCEEDED,
    Decision.CANCEL: RunStatus.CANCELLED,
    Decision.FAIL: RunStatus.FAILED,
    Decision.RETRY: RunStatus.FAILED,
}


def follow_run(ports: Ports, databricks_job: str, token: str, follow_number: int) -> None:
    """Looks how the run stands; looks again later, or ends it. Safe to repeat."""
    run = recorded_run(ports, databricks_job, token)
    if run is None:
        raise TransientError("run_not_recorded")
    if run.status is RunStatus.STARTING:
        launch(ports, run)
        return
    if run.status is RunStatus.RUNNING and not _ended(ports, run, follow_number):
        return
    start_if_due(ports, databricks_job)


def _ended(ports: Ports, run: DatabricksRun, follow_number: int) -> bool:
    state = ports.jobs.state(run.databricks_run_id)
    if state is None:
        end_run(ports, run.became(RunStatus.UNKNOWN, ports.clock.now(), "history_gone"))
        return True
    decision = _of_this_run(run, state)
    if decision in (Decision.WAIT, Decision.WAIT_AND_ALERT):
        if decision is Decision.WAIT_AND_ALERT:
            telemetry.alert("databricks_state_unknown", token=run.token, state=state.life_cycle_state)
        at = ports.clock.now() + ports.settings.follow_every
        message = follow_due(run.databricks_job, run.token, follow_number + 1, at)
        ports.sender.send(ports.settings.queue_databricks_run_requests, [message])
        return False
    _conclude(ports, run, state, decision)
    return True


def _of_this_run(run: DatabricksRun, state: ReportedState) -> Decision:
    """A token may bring back a run that ended long before we asked: that one's success is not ours."""
    if state.started_at and state.started_at < run.requested_at - CLOCKS_MAY_DIFFER:
        return Decision.RETRY
    return decide(state)


def _conclude(ports: Ports, run: DatabricksRun, state: ReportedState, decision: Decision) -> None:
    now = ports.clock.now()
    reason = "" if decision is Decision.SUCCEED else (state.result_state or state.life_cycle_state).lower()
    ended = run.became(ENDS[decision], now, reason)
    is_retried = decision is Decision.RETRY and run.run_attempt < ports.settings.run_attempts
    reports = list(_reports(ports, run))
    rows = tuple(_report_row(run, report) for report in reports)
    if end_run(ports, ended, _next_attempt(ports, run) if is_retried else None, rows):
        _tell_of_close(run, reports)


def _next_attempt(ports: Ports, run: DatabricksRun) -> DatabricksRun:
    text = b"".join(ports.files.read(MANIFESTS, f"{run.databricks_job}/{run.manifest}.json")).decode()
    attempt, now = run.run_attempt + 1, ports.clock.now()
    token = idempotency_token(run.databricks_job, member_keys(text), attempt)
    return replace(
        run, token=token, run_attempt=attempt, requested_at=now, updated_at=now,
        status=RunStatus.STARTING, databricks_run_id=0, reason="",
    )  # fmt: skip


def _reports(ports: Ports, run: DatabricksRun) -> Iterator[TaskReport]:
    for blob in ports.files.list(REPORTS, f"{run.databricks_job}/{run.token}/"):
        text = b"".join(ports.files.read(REPORTS, blob.name)).decode()
        if report := read_report(text):
            yield report


def _report_row(run: DatabricksRun, report: TaskReport) -> Row:
    """What a task reported, as a row of the job: audit of tables touched, and lineage."""
    return Row(DATABRICKS_RUNS, run.databricks_job, f"report-{run.token}-{report.task}", report.values())


def _tell_of_close(run: DatabricksRun, reports: Iterable[TaskReport]) -> None:
    """Every run says so until the months tie out again."""
    if count := sum(report.count_of(SIGNED_NOT_TIED_OUT) for report in reports):
        telemetry.alert("signed_period_not_tied_out", token=run.token, count=count)
