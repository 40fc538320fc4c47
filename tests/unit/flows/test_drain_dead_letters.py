"""Messages put aside come back, and what they ask for happens once."""

import json
from datetime import timedelta

import pytest

from shared import telemetry
from shared.errors import RequestRefusedError, TransientError
from shared.flows import drain_dead_letters as flow
from shared.flows.drain_dead_letters import drain_dead_letters, list_dead_letters
from shared.flows.reconcile import reconcile
from shared.metadata import Metadata
from shared.model.events import Message
from shared.model.ingestion import Status
from shared.pipeline.read_drain import read_drain
from shared.testing.fake_ports import FakePorts
from shared.testing.gate import Phase, open_gate
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

QUEUE = "ingestion-requests"
PATH = "emr/hospital_a/2026-01-31/departments.csv"
DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"
AGAIN = read_drain(b"{}")


def kill_all(ports: FakePorts) -> int:
    """Every waiting message is given up on."""
    count = 0
    for queue in ports.bus.queues:
        while delivery := ports.bus.receive(queue):
            ports.bus.dead_letter(delivery, "MaxDeliveryCountExceeded")
            count += 1
    return count


def test_a_drained_message_is_worked_though_its_id_is_remembered(line: Line, ports: FakePorts) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    assert kill_all(ports) == 1
    assert drain_dead_letters(ports, AGAIN) == {"action": "resubmit", "matched": 1, "left": False, "drained": 1}
    line.settle()
    assert line.ingestion(file_version_id).status is Status.LANDED
    assert list_dead_letters(ports, {})["count"] == 0


@pytest.mark.parametrize("action", ["resubmit", "drop"])
def test_a_drain_is_told_with_its_queue_and_count(
    line: Line, ports: FakePorts, told: RecordingExporter, action: str
) -> None:
    line.drop(PATH, DEPARTMENTS)
    kill_all(ports)
    drain_dead_letters(ports, read_drain(json.dumps({"action": action, "queue": QUEUE}).encode()))
    (said,) = (text for text in told.said if "dead_letters_drained" in text)
    assert all(word in said for word in (QUEUE, action, "'count': 1"))


def test_a_message_whose_work_is_done_has_no_second_effect(line: Line, ports: FakePorts) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    [held] = ports.bus.queues[QUEUE]
    line.settle()
    ports.bus.accept_again(held, "once-more")
    kill_all(ports)
    before = (line.ingestion(file_version_id), dict(ports.files.blobs["bronze"]), dict(ports.jobs.runs))
    drain_dead_letters(ports, AGAIN)
    line.settle()
    assert (line.ingestion(file_version_id), ports.files.blobs["bronze"], ports.jobs.runs) == before


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("operation", ["dead_letters.send", "dead_letters.complete"])
def test_a_drain_cut_short_anywhere_loses_and_doubles_nothing(metadata: Metadata, operation: str, phase: Phase) -> None:
    ports = FakePorts(metadata)
    line = Line(ports)
    file_version_id = line.drop(PATH, DEPARTMENTS)
    kill_all(ports)

    place = (operation, phase)

    def crash(operation: str, phase: Phase) -> None:
        if (operation, phase) == place:
            raise TransientError("crash")

    ports.bus.gate = crash
    with pytest.raises(TransientError):
        drain_dead_letters(ports, AGAIN)
    ports.bus.gate = open_gate
    drain_dead_letters(ports, AGAIN)
    line.settle()
    assert line.ingestion(file_version_id).status is Status.LANDED
    assert len(ports.files.blobs["bronze"]) == len(ports.jobs.runs) == 1
    assert list_dead_letters(ports, {})["count"] == 0


def test_a_dry_run_only_counts(line: Line, ports: FakePorts) -> None:
    line.drop(PATH, DEPARTMENTS)
    kill_all(ports)
    said = drain_dead_letters(ports, read_drain(b'{"dry_run": true}'))
    assert (said["matched"], said["dry_run"]) == (1, True)
    assert (list_dead_letters(ports, {})["count"], ports.bus.queues[QUEUE]) == (1, [])


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"queue": QUEUE}, 2),
        ({"queue": "databricks-run-requests"}, 1),
        ({"reason": "MaxDeliveryCountExceeded"}, 3),
        ({"reason": "other"}, 0),
        ({"message_type": "ingestion.requested.v1"}, 2),
        ({"file_version_id": "a" * 64}, 2),
        ({"file_version_id": "a" * 64, "queue": QUEUE}, 1),
    ],
)
def test_filters_choose_by_queue_reason_type_and_file(ports: FakePorts, wanted: dict[str, str], count: int) -> None:
    for queue, kind, letter in (
        (QUEUE, "ingestion.requested.v1", "a"),
        (QUEUE, "ingestion.requested.v1", "b"),
        ("databricks-run-requests", "ingestion.landed.v1", "a"),
    ):
        ports.bus.send(queue, [Message(f"{kind}-{letter}", {"type": kind, "file_version_id": letter * 64})])
    kill_all(ports)
    assert list_dead_letters(ports, wanted)["count"] == count
    assert drain_dead_letters(ports, read_drain(json.dumps({**wanted, "action": "drop"}).encode()))["drained"] == count
    assert list_dead_letters(ports, {})["count"] == 3 - count
    assert not any(ports.bus.queues.values())


def test_no_more_than_the_most_are_counted_or_drained_at_once(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "MOST_DRAINED", 2)
    ports.bus.send(QUEUE, [Message(f"m{number}", {"type": "x", "file_version_id": "a"}) for number in range(3)])
    kill_all(ports)
    assert list_dead_letters(ports, {})["count"] == 2
    assert drain_dead_letters(ports, AGAIN) == {"action": "resubmit", "matched": 2, "left": True, "drained": 2}
    assert drain_dead_letters(ports, AGAIN) == {"action": "resubmit", "matched": 1, "left": False, "drained": 1}


def test_what_a_foreign_message_holds_is_not_shown(ports: FakePorts) -> None:
    ports.bus.send(QUEUE, [Message("Jane Doe", {"type": "Jane Doe, 1 Main Street", "file_version_id": 7})])
    kill_all(ports)
    assert "Jane" not in json.dumps(list_dead_letters(ports, {}))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"action":"read"}', b'{"action":"drop"}', b'{"dry_run":1}', b'{"x":1}'])
def test_a_drain_that_is_not_understood_is_refused(body: bytes) -> None:
    with pytest.raises(RequestRefusedError):
        read_drain(body)


@pytest.mark.parametrize("query", [{"queue": "nowhere"}, {"limit": "5"}, {"reason": "\n"}])
def test_a_listing_that_is_not_understood_is_refused(ports: FakePorts, query: dict[str, str]) -> None:
    with pytest.raises(RequestRefusedError):
        list_dead_letters(ports, query)


def test_the_reconciler_tells_how_many_wait_and_for_how_long(line: Line, ports: FakePorts) -> None:
    told = RecordingExporter()
    telemetry.install(told)
    try:
        reconcile(ports)
        assert "dead_letters_waiting" not in str(told.said)
        line.drop(PATH, DEPARTMENTS)
        kill_all(ports)
        ports.clock.advance(timedelta(hours=1).total_seconds())
        reconcile(ports)
    finally:
        telemetry.install(telemetry.LogExporter())
    assert "dead_letters_waiting" in str(told.said)
    assert [text.split()[1] for text in told.said if text.startswith("dead_letters ") and QUEUE in text] == ["0", "1"]
    assert "3600" in str(told.said)
