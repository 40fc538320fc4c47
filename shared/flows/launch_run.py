"""Asks Databricks to run what was committed, with its committed token, and clears what the run took."""

from datetime import datetime, timedelta
from itertools import batched

from shared import telemetry
from shared.errors import PermanentError, ThrottledError
from shared.flows.commit_run import end_run, head_for, manifest_keys, run_commit
from shared.model.commit import DATABRICKS_RUNS, Row
from shared.model.databricks_run import DatabricksRun, RunStatus
from shared.model.events import follow_due, start_due
from shared.model.instant import to_wire
from shared.model.manifest import MANIFESTS
from shared.ports import Ports

REPORTS = "reports"
MOST_IN_A_GROUP = 100
PATIENCE = timedelta(seconds=30)


def launch(ports: Ports, run: DatabricksRun) -> None:
    """Asks Databricks with the committed token, records the answer, clears what the run took, and looks again later."""
    try:
        number = ports.jobs.start(run.databricks_job, run.token, _parameters(ports, run))
    except ThrottledError as throttled:
        _look_again(ports, run, throttled.retry_after)
        return
    except PermanentError as refusal:
        end_run(ports, run, run.became(RunStatus.FAILED, ports.clock.now(), refusal.code))
        clear_ready(ports, run)
        return
    now = ports.clock.now()
    started = run.became(RunStatus.RUNNING, now, databricks_run_id=number)
    head = head_for(ports, run)
    if head is None:
        return
    ports.ledger.commit(run_commit(ports, head, started, run.token, "databricks_run_started"))
    telemetry.event("databricks_run_started", token=run.token, members=run.member_count)
    after_launch(ports, started)


def after_launch(ports: Ports, run: DatabricksRun) -> None:
    """Follow-through of a started run; a row says when it is done, so that it is not begun again hours later."""
    clear_ready(ports, run)
    at = ports.clock.now() + ports.settings.follow_every
    look_at(ports, run, at)
    ports.ledger.put(Row(DATABRICKS_RUNS, run.databricks_job, _followed(run), {"at": to_wire(at)}))


def look_at(ports: Ports, run: DatabricksRun, at: datetime) -> None:
    """Has somebody look how the run stands; all who ask for the same few seconds ask for one look, so that looks don't
    multiply."""
    number = int(at.timestamp() // max(ports.settings.follow_every.total_seconds(), 1))
    message = follow_due(run.databricks_job, run.token, number, at)
    ports.sender.send(ports.settings.queue_databricks_run_requests, [message])


def is_followed(ports: Ports, run: DatabricksRun) -> bool:
    """Whether what follows from the run's start was carried out to its end."""
    return ports.ledger.get(DATABRICKS_RUNS, run.databricks_job, _followed(run)) is not None


def _followed(run: DatabricksRun) -> str:
    return f"followed-{run.token}"


def clear_ready(ports: Ports, run: DatabricksRun) -> None:
    """Takes what the run's manifest names off the ready list and notes for each which group took it."""
    for keys in batched(manifest_keys(ports, run), MOST_IN_A_GROUP, strict=False):
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
