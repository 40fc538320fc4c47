"""The flows as one line on strict fakes: what becomes of a file, whatever comes first, twice or late."""

import json
from unittest.mock import patch

import pytest

from shared.flows import register as register_flow
from shared.flows.ingest import ingest
from shared.flows.register import register
from shared.flows.reprocess import accept
from shared.flows.run_databricks import take_ready
from shared.flows.take_message import take_ingestion_request
from shared.model.commit import DATABRICKS_RUNS
from shared.model.file_version import LANDING, ArrivalHint, file_version_id
from shared.model.ingestion import Status
from shared.model.request import RequestKind, Selection
from shared.testing.fake_ports import FakePorts
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\nDEPT002,Cardiology\n"
PATH = "emr/hospital_a/2026-01-31/departments.csv"


def test_a_good_file_lands_and_is_taken_by_one_run(line: Line) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    line.settle()
    ingestion = line.ingestion(file_version_id)
    assert (ingestion.status, ingestion.outcome.bronze_count) == (Status.LANDED, 2)
    assert [run.result_state for run in line.ports.jobs.runs.values()] == ["SUCCESS"]
    assert set(line.ports.files.blobs["bronze"]) == {ingestion.outcome.bronze.removeprefix("bronze/")}


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("nowhere/x.csv", b"a,b\n", "unknown_path"),
        (PATH, b"", "empty_file"),
        (PATH, b"DeptID,Name\n", "header_only"),
        (PATH, b"DeptID,Title\n1,2\n", "missing_column"),
        (PATH, b"DeptID;Name\n1;2\n", "wrong_delimiter"),
        (PATH, b'DeptID,Name\n1,"2\n', "unterminated_quote"),
        (PATH, b"DeptID,Name\n1,\xff\xfe\n", "not_utf8"),
    ],
)
def test_a_bad_file_is_refused_once_with_its_reason_and_its_bytes_are_kept(
    line: Line, path: str, content: bytes, reason: str
) -> None:
    file_version_id = line.drop(path, content)
    line.settle()
    ingestion = line.ingestion(file_version_id)
    assert (ingestion.status, ingestion.outcome.reason) == (Status.REFUSED, reason)
    assert line.ports.files.blobs["archive"][file_version_id].content == content
    assert not line.ports.files.blobs["bronze"]
    assert not line.ports.jobs.runs


def test_a_bad_row_goes_to_quarantine_and_the_others_land(line: Line) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS + b",Nameless\n")
    line.settle()
    outcome = line.ingestion(file_version_id).outcome
    assert (outcome.records_in, outcome.bronze_count, outcome.quarantined_count) == (3, 2, 1)
    assert outcome.reasons[0].tier == "row"


def test_an_event_told_a_hundred_times_is_one_arrival(line: Line, ports: FakePorts) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    for _ in range(99):
        register(ports, ArrivalHint(PATH))
    line.settle()
    assert line.ingestion(file_version_id).generation == 1
    assert len(ports.jobs.runs) == 1


def test_a_message_of_an_older_generation_does_nothing(line: Line, ports: FakePorts) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    line.settle()
    accept(ports, RequestKind.REPROCESS, Selection(file_version_ids=(file_version_id,)), "ann", "k1")
    while line.ingestion(file_version_id).generation == 1:
        delivery = ports.bus.receive("ingestion-requests")
        assert delivery
        line.take(delivery)
    ingest(ports, file_version_id, 1)
    assert line.ingestion(file_version_id).status is Status.ARRIVED


def test_an_overwritten_version_is_superseded_and_the_newer_one_lands(line: Line, ports: FakePorts) -> None:
    first = line.drop(PATH, DEPARTMENTS)
    second = line.drop(PATH, DEPARTMENTS + b"DEPT003,Surgery\n")
    register(ports, ArrivalHint(PATH, "0x-long-gone"))
    line.settle()
    assert line.ingestion(first).status is Status.SUPERSEDED
    assert line.ingestion(second).outcome.bronze_count == 3


def test_a_file_that_is_gone_before_it_was_read_is_told_so(line: Line, ports: FakePorts) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    ports.files.delete(LANDING, PATH)
    line.settle()
    assert line.ingestion(file_version_id).status is Status.GONE


def test_the_same_bytes_again_are_not_ingested_again(line: Line) -> None:
    first = line.drop(PATH, DEPARTMENTS)
    line.settle()
    again = line.drop(PATH.replace(".csv", "_again.csv"), DEPARTMENTS)
    line.settle()
    assert line.ingestion(again).status is Status.DUPLICATE_CONTENT
    assert line.ingestion(again).outcome.reason == f"same_as_{first}"


def test_the_same_bytes_of_another_hospital_land_for_it(line: Line) -> None:
    ids = [line.drop(PATH.replace("_a/", f"_{hospital}/"), DEPARTMENTS) for hospital in "ab"]
    line.settle()
    assert [line.ingestion(each).status for each in ids] == [Status.LANDED, Status.LANDED]


@pytest.mark.parametrize("other", ["2026-02-01/patient_payments_2026-01", "2026-01-31/patient_payments_2025-12"])
def test_the_same_bytes_for_another_day_or_period_land_for_it(line: Line, other: str) -> None:
    content = (
        b"PaymentID,AccountID,PaymentType,PaymentMethod,PaymentDate,PostingDate,Amount\n"
        b"PAYMENT001,ACCOUNT001,payment,PAYMENTM001,2026-01-05,2026-01-05,125.50\n"
    )
    names = ("2026-01-31/patient_payments_2026-01", other)
    ids = [line.drop(f"billing/hospital_a/{name}.csv", content) for name in names]
    line.settle()
    assert [line.ingestion(each).status for each in ids] == [Status.LANDED, Status.LANDED]


def test_a_file_that_is_gone_before_it_was_looked_at_is_told_so(line: Line, ports: FakePorts) -> None:
    for _ in range(2):
        assert register(ports, ArrivalHint(PATH, '"0x1"')) is None
    line.settle()
    lost = line.ingestion(file_version_id(ports.files.account, LANDING, PATH, "0x1"))
    assert (lost.status, lost.outcome.reason, lost.generation) == (Status.GONE, "gone_before_register", 1)


def test_a_hint_of_no_version_and_no_file_is_let_go(line: Line, ports: FakePorts) -> None:
    assert register(ports, ArrivalHint(PATH)) is None
    line.settle()
    assert not any(ports.ledger.tables["ledger"].values())


def test_an_arrival_that_was_committed_and_no_more_ends_though_its_file_is_gone(line: Line, ports: FakePorts) -> None:
    version = ports.files.upload(LANDING, PATH, DEPARTMENTS)
    with patch.object(register_flow, "follow_through"):  # whoever registered it died before
        register(ports, ArrivalHint(PATH, version.etag))
    ports.files.delete(LANDING, PATH)
    register(ports, ArrivalHint(PATH, version.etag))
    line.settle()
    ended = line.ingestion(version.file_version_id)
    assert (ended.status, ended.outcome.reason) == (Status.GONE, "gone_before_ingest")


def test_an_archive_that_holds_other_bytes_is_an_alert_and_nothing_lands(
    line: Line, ports: FakePorts, told: RecordingExporter
) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    ports.files.create("archive", file_version_id, DEPARTMENTS + b"D9,x\n")
    line.settle()
    ingestion = line.ingestion(file_version_id)
    assert (ingestion.status, ingestion.outcome.reason) == (Status.REFUSED, "archive_differs")
    assert any("ingestion_refused" in text for text in told.said)
    assert not ports.files.blobs["bronze"]


def test_a_message_that_nobody_can_read_is_parked_once_and_told(
    line: Line, ports: FakePorts, told: RecordingExporter
) -> None:
    for _ in range(2):
        take_ingestion_request(ports, b"not JSON", "message/1")
    assert len(ports.ledger.tables["requests"]["parked"]) == 1
    assert sum("message_parked" in text for text in told.said) == 1


def test_a_full_extract_far_smaller_than_the_last_is_held_for_a_person(line: Line) -> None:
    rows = b"".join(b"DEPT%03d,Name\n" % number for number in range(20))
    line.drop(PATH, b"DeptID,Name\n" + rows)
    line.settle()
    small = line.drop(PATH.replace("31", "30"), DEPARTMENTS)
    line.settle()
    assert line.ingestion(small).status is Status.HELD


def test_files_that_arrive_together_share_one_run(line: Line, ports: FakePorts) -> None:
    for number in range(200):
        line.drop(PATH.replace(".csv", f"_{number}.csv"), DEPARTMENTS + b"DEPT9%d,X\n" % number)
    line.settle()
    assert len(ports.jobs.runs) == 1
    manifest = next(iter(ports.files.blobs["manifests"].values())).content
    assert len(json.loads(manifest)["ingestions"]) == 200


def test_a_landed_message_replayed_a_month_later_starts_nothing(line: Line, ports: FakePorts) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    line.settle()
    ports.clock.advance(30 * 24 * 3600)
    take_ready(ports, file_version_id, 1)
    line.settle()
    assert len(ports.jobs.runs) == 1


def test_a_failed_run_is_tried_again_as_a_new_attempt_with_the_same_manifest(ports: FakePorts) -> None:
    line = Line(ports, result_state="FAILED")
    line.drop(PATH, DEPARTMENTS)
    line.settle()
    runs = list(ports.jobs.runs.values())
    assert len(runs) == ports.settings.run_attempts
    assert len({run.token for run in runs}) == len(runs)
    assert len({run.parameters["manifest_uri"] for run in runs}) == 1


def test_a_run_that_a_person_cancelled_is_not_tried_again(ports: FakePorts) -> None:
    line = Line(ports, result_state="CANCELED")
    line.drop(PATH, DEPARTMENTS)
    line.settle()
    assert len(ports.jobs.runs) == 1


def test_one_run_at_a_time(line: Line, ports: FakePorts) -> None:
    line.drop(PATH, DEPARTMENTS)
    line.settle()
    line.drop(PATH.replace("_a/", "_b/"), DEPARTMENTS)
    line.settle()
    head = ports.ledger.get(DATABRICKS_RUNS, "rcm_medallion", "head")
    assert head is not None
    assert head.values["active_token"] == ""
    assert len(ports.jobs.runs) == 2
