"""What Databricks may answer, forget or refuse, and what becomes of the run, its files and the job's lock."""

from datetime import timedelta
from typing import Any

import pytest

from shared.errors import ConflictError, PermanentError, ThrottledError, TransientError
from shared.flows import start_run
from shared.flows.finish_run import follow_run
from shared.flows.reconcile import reconcile
from shared.flows.report_status import list_runs
from shared.flows.run_databricks import take_ready
from shared.flows.start_run import start_if_due
from shared.model.commit import DATABRICKS_RUNS
from shared.model.events import FOLLOW_DUE, START_DUE
from shared.testing.fake_ports import FakePorts
from shared.testing.fake_run import FakeRun
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

JOB = "rcm_medallion"
PATH = "emr/hospital_a/2026-01-31/departments{}.csv"
QUEUE = "databricks-run-requests"
SUCCEEDED = ("TERMINATED", "SUCCESS")


def drop(line: Line, number: int = 0) -> str:
    return line.drop(PATH.format(number), b"DeptID,Name\nDEPT%03d,Emergency\n" % number)


def go_on(line: Line, seconds: float) -> None:
    """Delivers what is due from moment to moment; no run ends by itself."""
    end = line.ports.clock.now() + timedelta(seconds=seconds)
    while True:
        while line._deliver_one():
            pass
        moment = line.ports.bus.next_change()
        if moment is None or moment > end:
            line.ports.clock.advance(max((end - line.ports.clock.now()).total_seconds(), 0))
            return
        line.ports.clock.advance(max((moment - line.ports.clock.now()).total_seconds(), 0) + 0.001)


def started(line: Line) -> FakeRun:
    """A file's run, recorded and at work."""
    drop(line)
    go_on(line, 11)
    (run,) = line.ports.jobs.runs.values()
    return run


def rows(ports: FakePorts) -> list[dict[str, Any]]:
    """The runs as the ledger has them, the first first."""
    kept = ports.ledger.tables[DATABRICKS_RUNS][JOB].items()
    runs = [dict(stored.row.values) for key, stored in kept if key.startswith("run-")]
    return sorted(runs, key=lambda row: (str(row["requested_at"]), row["run_attempt"]))


def active(ports: FakePorts) -> object:
    return ports.ledger.tables[DATABRICKS_RUNS][JOB]["head"].row.values["active_token"]


def refuse_starts(ports: FakePorts, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def refuse(*_: object) -> int:
        raise fault

    monkeypatch.setattr(ports.jobs, "start", refuse)


@pytest.mark.parametrize(
    ("state", "status", "attempts"),
    [
        (("TERMINATED", "SUCCESS"), "succeeded", 1),
        (("TERMINATED", "FAILED"), "failed", 3),
        (("TERMINATED", "TIMEDOUT"), "failed", 3),
        (("TERMINATED", "SUCCESS_WITH_FAILURES"), "failed", 3),
        (("TERMINATED", "UPSTREAM_FAILED"), "failed", 3),
        (("TERMINATED", "MAXIMUM_CONCURRENT_RUNS_REACHED"), "failed", 3),
        (("TERMINATED", "CANCELED"), "cancelled", 1),
        (("TERMINATED", "UPSTREAM_CANCELED"), "cancelled", 1),
        (("TERMINATED", "EXCLUDED"), "failed", 1),
        (("TERMINATED", "DISABLED"), "failed", 1),
        (("SKIPPED", None), "failed", 3),
        (("INTERNAL_ERROR", "FAILED"), "failed", 3),
    ],
)
def test_each_end_of_a_run_has_its_status_and_its_number_of_attempts(
    line: Line, ports: FakePorts, state: tuple[str, str | None], status: str, attempts: int
) -> None:
    started(line)
    for _ in range(attempts):
        ports.jobs.report(max(ports.jobs.runs), *state)
        go_on(line, 30)
    found = rows(ports)
    assert [row["status"] for row in found] == [status] * attempts
    assert [row["run_attempt"] for row in found] == list(range(1, attempts + 1))
    assert {row["reason"] for row in found} == {"" if status == "succeeded" else (state[1] or state[0]).lower()}
    assert active(ports) == ""
    assert len(ports.jobs.runs) == attempts


@pytest.mark.parametrize("state", [("HIBERNATING", None), ("TERMINATED", None), ("TERMINATED", "SUCCESS_OF_A_KIND")])
def test_a_state_that_nobody_knows_is_waited_for_and_told(
    line: Line, ports: FakePorts, told: RecordingExporter, state: tuple[str, str | None]
) -> None:
    run = started(line)
    ports.jobs.report(run.databricks_run_id, *state)
    go_on(line, 60)
    assert any("databricks_state_unknown" in text for text in told.said)
    assert rows(ports)[0]["status"] == "running"
    ports.jobs.report(run.databricks_run_id, *SUCCEEDED)
    go_on(line, 60)
    assert (rows(ports)[0]["status"], len(ports.jobs.runs)) == ("succeeded", 1)


@pytest.mark.parametrize("state", ["QUEUED", "PENDING", "BLOCKED", "WAITING_FOR_RETRY"])
def test_a_stuck_run_is_looked_at_without_end_and_never_submitted_again(
    line: Line, ports: FakePorts, told: RecordingExporter, state: str
) -> None:
    run = started(line)
    ports.jobs.report(run.databricks_run_id, state)
    for _ in range(24):
        go_on(line, 300)
        reconcile(ports)
    assert ports.jobs.started == 1
    assert ports.bus.accepted <= 7_200 / 15 + 10  # however often the reconciler asked: one chain of looks
    assert not any("databricks_state_unknown" in text for text in told.said)
    ports.jobs.report(run.databricks_run_id, *SUCCEEDED)
    go_on(line, 60)
    assert rows(ports)[0]["status"] == "succeeded"


def test_a_run_whose_history_is_gone_ends_unknown_and_frees_the_job(line: Line, ports: FakePorts) -> None:
    run = started(line)
    ports.jobs.forget(run.databricks_run_id)
    go_on(line, 60)
    assert [(row["status"], row["reason"]) for row in rows(ports)] == [("unknown", "history_gone")]
    assert active(ports) == ""
    assert list_runs(ports)["stranded"] == [run.token]


def test_an_old_run_that_a_token_brings_back_is_no_success_of_ours(line: Line, ports: FakePorts) -> None:
    run = started(line)
    run.started_at -= timedelta(hours=1)
    ports.jobs.report(run.databricks_run_id, *SUCCEEDED)
    go_on(line, 30)
    assert [row["status"] for row in rows(ports)] == ["failed", "running"]


def test_a_start_a_little_before_we_asked_is_only_another_clock(line: Line, ports: FakePorts) -> None:
    run = started(line)
    run.started_at -= timedelta(minutes=10)
    ports.jobs.report(run.databricks_run_id, *SUCCEEDED)
    go_on(line, 30)
    assert [row["status"] for row in rows(ports)] == ["succeeded"]


@pytest.mark.parametrize(("retry_after", "seconds"), [(120.0, 120), (None, 30)])
def test_too_many_requests_defer_the_start_as_long_as_was_asked(
    line: Line, ports: FakePorts, monkeypatch: pytest.MonkeyPatch, retry_after: float | None, seconds: int
) -> None:
    with monkeypatch.context() as patched:
        refuse_starts(ports, patched, ThrottledError("databricks_throttled", retry_after=retry_after))
        drop(line)
        go_on(line, 11)
    (waiting,) = ports.bus.queues[QUEUE]
    assert START_DUE in waiting.body.decode()
    assert 0 <= (waiting.available_at - ports.clock.now()).total_seconds() - (seconds - 11) <= 11
    assert not ports.jobs.runs
    go_on(line, seconds + 1)
    assert rows(ports)[0]["status"] == "running"


def test_a_refusal_ends_the_run_and_frees_the_job_and_the_ready_list(
    line: Line, ports: FakePorts, monkeypatch: pytest.MonkeyPatch, told: RecordingExporter
) -> None:
    refuse_starts(ports, monkeypatch, PermanentError("databricks_forbidden"))
    drop(line)
    go_on(line, 60)
    assert [(row["status"], row["reason"]) for row in rows(ports)] == [("failed", "databricks_forbidden")]
    assert (active(ports), list_runs(ports)["waiting"]) == ("", 0)
    assert sum("databricks_run_failed" in text for text in told.said) == 1


def test_files_that_come_before_the_group_has_settled_share_its_run(line: Line, ports: FakePorts) -> None:
    drop(line)
    go_on(line, 4)
    drop(line, 1)
    go_on(line, 30)
    assert [row["member_count"] for row in rows(ports)] == [2]


def test_a_group_is_run_a_minute_after_its_first_file_though_others_keep_coming(line: Line, ports: FakePorts) -> None:
    for number in range(20):
        drop(line, number)
        go_on(line, 4)
    assert len(ports.jobs.runs) == 1


def test_what_one_run_does_not_take_the_next_does(
    line: Line, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_run, "MOST_MEMBERS", 2)
    for number in range(3):
        drop(line, number)
    line.settle()
    assert [row["member_count"] for row in rows(ports)] == [2, 1]


def test_a_clock_behind_the_one_that_listed_a_file_puts_the_start_off_and_does_not_lose_it(
    line: Line, ports: FakePorts
) -> None:
    ports.clock.advance(1.3)
    file_version_id = drop(line)
    while ports.bus.available("ingestion-requests"):
        line._deliver_one()
    ports.bus.queues[QUEUE].clear()
    take_ready(ports, file_version_id, 1)
    ports.bus.queues[QUEUE].clear()
    ports.clock.set_back(600)
    start_if_due(ports, JOB)
    assert not ports.jobs.runs
    go_on(line, 620)
    assert len(ports.jobs.runs) == 1


def test_who_loses_the_race_to_start_a_run_stops_quietly(
    line: Line, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(line)
    go_on(line, 1)
    ports.clock.advance(60)

    def lose(*_: object) -> None:
        raise ConflictError("commit_conflict")

    monkeypatch.setattr(ports.ledger, "commit", lose)
    start_if_due(ports, JOB)
    assert not ports.jobs.runs


def test_a_late_look_at_a_run_that_is_over_asks_databricks_nothing(
    line: Line, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(line)
    ports.jobs.report(run.databricks_run_id, *SUCCEEDED)
    go_on(line, 30)
    before, writes = rows(ports), ports.ledger.writes
    monkeypatch.setattr(ports.jobs, "state", None)
    follow_run(ports, JOB, run.token)
    assert (rows(ports), ports.ledger.writes) == (before, writes)


def test_a_look_at_a_run_that_is_not_recorded_comes_again(ports: FakePorts) -> None:
    with pytest.raises(TransientError, match="run_not_recorded"):
        follow_run(ports, JOB, "0" * 64)


def test_looks_are_as_far_apart_as_the_settings_say(line: Line, ports: FakePorts) -> None:
    started(line)
    before = ports.bus.accepted
    go_on(line, 150)
    looks = [body for (_, name), body in ports.bus.sent.items() if name.startswith("follow-")]
    assert 9 <= ports.bus.accepted - before <= 10
    assert all(FOLLOW_DUE in body.decode() for body in looks)
