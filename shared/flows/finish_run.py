"""Follows a Databricks run to its end, writes down what it did, and lets the next one start."""

from collections.abc import Iterable
from datetime import timedelta

from shared import telemetry
from shared.errors import TransientError
from shared.flows.commit_run import end_run, next_attempt, recorded_run
from shared.flows.launch_run import REPORTS, look_at
from shared.flows.start_run import start_if_due
from shared.model.commit import DATABRICKS_RUNS, Row
from shared.model.databricks_run import DatabricksRun, ReportedState, RunStatus
from shared.pipeline.follow import Decision, decide
from shared.pipeline.report import TaskReport, read_report
from shared.ports import Ports

SIGNED_NOT_TIED_OUT = "signed_period_not_tied_out"
CLOCKS_MAY_DIFFER = timedelta(minutes=15)
ENDS = {
    Decision.SUCCEED: RunStatus.SUCCEEDED,
    Decision.CANCEL: RunStatus.CANCELLED,
    Decision.FAIL: RunStatus.FAILED,
    Decision.RETRY: RunStatus.FAILED,
}


def follow_run(ports: Ports, databricks_job: str, token: str) -> None:
    """Looks how the run stands; looks again later, or ends it. Safe to repeat."""
    run = recorded_run(ports, databricks_job, token)
    if run is None:
        raise TransientError("run_not_recorded")
    if run.status is not RunStatus.RUNNING or _ended(ports, run):
        start_if_due(ports, databricks_job)


def _ended(ports: Ports, run: DatabricksRun) -> bool:
    state = ports.jobs.state(run.databricks_run_id)
    if state is None:
        end_run(ports, run, run.became(RunStatus.UNKNOWN, ports.clock.now(), "history_gone"))
        return True
    decision = _of_this_run(run, state)
    if decision in (Decision.WAIT, Decision.WAIT_AND_ALERT):
        if decision is Decision.WAIT_AND_ALERT:
            telemetry.alert("databricks_state_unknown", token=run.token, state=state.life_cycle_state)
        look_at(ports, run, ports.clock.now() + ports.settings.follow_every)
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
    reports = _reports(ports, run)
    rows = tuple(_report_row(run, report) for report in reports)
    if end_run(ports, run, ended, next_attempt(ports, run) if is_retried else None, rows):
        _tell_of_close(run, reports)


def _reports(ports: Ports, run: DatabricksRun) -> list[TaskReport]:
    """The last word of each task: one that Databricks ran twice may have left two."""
    written = sorted(
        ports.files.list(REPORTS, f"{run.databricks_job}/{run.token}/"), key=lambda blob: blob.last_modified
    )
    texts = (b"".join(ports.files.read(REPORTS, blob.name)).decode() for blob in written)
    return list({report.task: report for text in texts if (report := read_report(text))}.values())


def _report_row(run: DatabricksRun, report: TaskReport) -> Row:
    """What a task reported, as a row of the job: audit of tables touched, and lineage."""
    return Row(DATABRICKS_RUNS, run.databricks_job, f"report-{run.token}-{report.task}", report.values())


def _tell_of_close(run: DatabricksRun, reports: Iterable[TaskReport]) -> None:
    """Every run says so until the months tie out again."""
    if count := sum(report.count_of(SIGNED_NOT_TIED_OUT) for report in reports):
        telemetry.alert("signed_period_not_tied_out", token=run.token, count=count)
