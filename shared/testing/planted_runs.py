"""What concerns Databricks runs with one guard taken away: what `planted_bugs` puts in the real functions' places."""

from typing import Any

from shared.errors import TransientError
from shared.flows import commit_run, finish_run, launch_run, start_run
from shared.model import databricks_run, events, manifest
from shared.model.commit import DATABRICKS_RUNS, Row
from shared.model.ingestion import Ingestion
from shared.pipeline import follow
from shared.pipeline.follow import Decision
from shared.pipeline.group import wake_at
from shared.ports import Ports


def launch_with_fresh_token(ports: Ports, run: databricks_run.DatabricksRun) -> None:
    """The token is made when Databricks is called, not before: a lost answer is paid for twice."""
    fresh = (ports.ids.attempt_id() * 2)[:64]
    number = ports.jobs.start(run.databricks_job, fresh, launch_run._parameters(ports, run))
    head = ports.ledger.get(DATABRICKS_RUNS, run.databricks_job, "head")
    started = run.became(databricks_run.RunStatus.RUNNING, ports.clock.now(), databricks_run_id=number)
    ports.ledger.commit(commit_run.run_commit(ports, head, started, run.token, "databricks_run_started"))
    launch_run.after_launch(ports, started)


def launch_untold(ports: Ports, run: databricks_run.DatabricksRun) -> None:
    """Databricks is called, and nobody looks after the run."""
    ports.jobs.start(run.databricks_job, run.token, launch_run._parameters(ports, run))


def end_run_and_keep_the_lock(ports: Ports, _run: Any, ended: Any, successor: Any = None, *_: Any) -> bool:
    head = ports.ledger.get(DATABRICKS_RUNS, ended.databricks_job, "head")
    if head is None or head.values["active_token"] != ended.token:
        return False
    rows = (Row(DATABRICKS_RUNS, ended.databricks_job, successor.row_key, successor.values()),) if successor else ()
    ports.ledger.commit(commit_run.run_commit(ports, head, ended, ended.token, "databricks_run_ended", rows))
    return True


def take_ready_without_inbox(ports: Ports, file_version_id: str, generation: int) -> None:
    """Every message is new: nothing remembers that it was asked for."""
    row = ports.ledger.get("ledger", file_version_id, f"generation-{generation:04d}")
    if row is None:
        raise TransientError("generation_not_committed")
    ingestion = Ingestion.from_row(row)
    job, now = ingestion.outcome.databricks_job, ports.clock.now()
    ports.ledger.put(manifest.Member.of(ingestion).ready_row(job, now))
    at = wake_at(now, ports.settings.group_settle)
    ports.sender.send(ports.settings.queue_databricks_run_requests, [events.start_due(job, at)])


def clear_ready_never_noted(ports: Ports, run: databricks_run.DatabricksRun) -> None:
    """What a run took stays on the list of what is ready."""


def start_clearing_first(ports: Ports, databricks_job: str, head: Any, members: Any) -> None:
    """What is ready is cleared before the run that takes it is committed."""
    keys = [f"ready-{member.file_version_id}-{member.generation}" for member in members]
    ports.ledger.delete(DATABRICKS_RUNS, databricks_job, keys)
    REAL_START(ports, databricks_job, head, members)


REAL_START = start_run._start


def decide_by_run_id(state: databricks_run.ReportedState) -> Decision:
    """A run that came to an end is taken for a success."""
    return Decision.SUCCEED if state.life_cycle_state in follow.ENDED else Decision.WAIT


def decide_without_skipped(state: databricks_run.ReportedState) -> Decision:
    """TERMINATED is believed to be the only end."""
    if state.life_cycle_state != "TERMINATED":
        return Decision.WAIT
    return follow.decide(state)


def decide_never_again(state: databricks_run.ReportedState) -> Decision:
    """A failed run is not tried again."""
    decision = follow.decide(state)
    return Decision.FAIL if decision is Decision.RETRY else decision


def token_without_attempt(databricks_job: str, members: Any, run_attempt: int) -> str:  # noqa: ARG001
    return databricks_run.idempotency_token(databricks_job, members, 1)


def wait_without_next(ports: Ports, run: Any) -> bool:
    """A run that is still at work is not looked at again."""
    state = ports.jobs.state(run.databricks_run_id)
    if state is None or follow.decide(state) is Decision.WAIT:
        return False
    return REAL_ENDED(ports, run)


REAL_ENDED = finish_run._ended


def no_group_again(ports: Ports, databricks_job: str) -> None:
    """A group whose attempts all failed waits for a person."""


def member_of_known_columns(row: Any) -> manifest.Member:
    """Exactly the columns of this version."""
    return manifest.Member(**{name: value for name, value in row.values.items() if name != "since"})
