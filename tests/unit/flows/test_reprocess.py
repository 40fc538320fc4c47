"""Reprocess and withdraw: what a person asks for happens once, in the order asked, and is never swallowed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import ConflictError, RequestRefusedError, TransientError
from shared.flows.follow_request import AT_ONCE, recorded_request
from shared.flows.list_ingestions import list_ingestions
from shared.flows.reprocess import MOST_OPEN, accept, raise_generation, work_request
from shared.flows.take_request import take_request
from shared.metadata import Metadata
from shared.model.ingestion import Cause, Status
from shared.model.instant import to_wire
from shared.model.request import RequestKind, Selection
from shared.pipeline.read_query import ListingQuery
from shared.pipeline.read_request import MOST_IDS
from shared.testing.fake_ports import FakePorts
from shared.testing.line import Line

DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"
PATH = "emr/hospital_a/2026-01-31/departments.csv"


@pytest.fixture
def landed(line: Line) -> str:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    line.settle()
    return file_version_id


def ask(ports: FakePorts, file_version_id: str, key: str, kind: RequestKind = RequestKind.REPROCESS) -> str:
    return accept(ports, kind, Selection(file_version_ids=(file_version_id,)), "ann", key).request_id


def test_reprocess_raises_the_generation_and_runs_it_although_its_ids_are_young(line: Line, landed: str) -> None:
    ask(line.ports, landed, "k1")
    line.settle()
    assert line.ingestion(landed).generation == 2
    assert line.ingestion(landed).status is Status.LANDED
    assert len(line.ports.jobs.runs) == 2


def test_as_many_ids_as_a_body_may_name_can_be_written_down(ports: FakePorts) -> None:
    ids = tuple(f"{number:064x}" for number in range(MOST_IDS))
    request = accept(ports, RequestKind.REPROCESS, Selection(file_version_ids=ids, is_release=True), "ann", "k1")
    assert recorded_request(ports, request.day, request.request_id).selection.file_version_ids == ids


def test_it_works_after_landing_was_emptied(line: Line, landed: str) -> None:
    line.ports.files.delete("landing", PATH)
    ask(line.ports, landed, "k1")
    line.settle()
    assert line.ingestion(landed).outcome.bronze_count == 1


def test_the_same_key_again_raises_nothing_more(line: Line, landed: str) -> None:
    first = ask(line.ports, landed, "k1")
    line.settle()
    assert ask(line.ports, landed, "k1") == first
    line.settle()
    assert line.ingestion(landed).generation == 2


def test_a_message_of_a_request_that_is_done_asks_for_nothing_more(line: Line, landed: str) -> None:
    request = accept(line.ports, RequestKind.REPROCESS, Selection(file_version_ids=(landed,)), "ann", "k1")
    line.settle()
    accepted = line.ports.bus.accepted
    line.ports.clock.advance(3600)
    work_request(line.ports, request.day, request.request_id, 0)
    assert line.ports.bus.accepted == accepted


def test_who_comes_second_under_a_key_has_the_request_of_the_first(
    line: Line, landed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection, found = Selection(file_version_ids=(landed,)), line.ports.ledger.get
    asked = [accept(line.ports, RequestKind.REPROCESS, selection, "ann", "k1")]
    line.ports.clock.advance(24 * 3600)
    answers = [None]  # what was read before the first had written
    monkeypatch.setattr(line.ports.ledger, "get", lambda *row: answers.pop() if answers else found(*row))
    asked.append(accept(line.ports, RequestKind.REPROCESS, selection, "ann", "k1"))
    assert asked[0] == asked[1]


def test_the_same_key_for_another_request_is_refused(line: Line, landed: str) -> None:
    ask(line.ports, landed, "k1")
    with pytest.raises(RequestRefusedError) as refused:
        ask(line.ports, landed, "k1", RequestKind.WITHDRAW)
    assert refused.value.status == 422


def test_two_callers_may_use_the_same_key(line: Line, landed: str) -> None:
    selection = Selection(file_version_ids=(landed,))
    requests = {
        accept(line.ports, RequestKind.REPROCESS, selection, caller, "k").request_id for caller in ("ann", "bob")
    }
    assert len(requests) == 2


def test_the_audit_names_who_asked(line: Line, landed: str) -> None:
    request = ask(line.ports, landed, "k1")
    line.settle()
    rows = line.ports.ledger.tables["ledger"][landed].items()
    events = [json.loads(str(stored.row.values["event"])) for key, stored in rows if key.startswith("audit-")]
    (raised,) = (event for event in events if event["action"] == "generation_raised")
    assert (raised["actor"], raised["details"]["request_id"]) == ("ann", request)


def test_a_message_of_a_request_that_is_not_written_down_yet_comes_again(ports: FakePorts) -> None:
    with pytest.raises(TransientError) as fault:
        work_request(ports, "2026-01-31", "0" * 32, 0)
    assert fault.value.code == "request_not_committed"


def test_a_message_of_a_share_that_is_done_moves_nothing_on(line: Line, landed: str) -> None:
    others = [line.drop(PATH.replace(".csv", f"_{n}.csv"), DEPARTMENTS + b"D%d,X\n" % n) for n in range(AT_ONCE + 5)]
    line.settle()
    request = accept(line.ports, RequestKind.REPROCESS, Selection(file_version_ids=(landed, *others)), "ann", "k1")
    for _ in range(3):
        work_request(line.ports, request.day, request.request_id, 0)
    assert recorded_request(line.ports, request.day, request.request_id).target_count == AT_ONCE
    line.settle()
    assert {line.ingestion(each).generation for each in (landed, *others)} == {2}


def test_what_was_never_archived_is_not_raised(line: Line) -> None:
    first = line.drop(PATH, DEPARTMENTS)
    line.drop(PATH, DEPARTMENTS + b"D9,X\n")
    line.settle()
    assert line.ingestion(first).status is Status.SUPERSEDED
    ask(line.ports, first, "k1")
    line.settle()
    assert line.ingestion(first).generation == 1


def test_a_file_that_is_still_at_work_is_not_raised(line: Line) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    request = accept(line.ports, RequestKind.WITHDRAW, Selection(file_version_ids=(file_version_id,)), "ann", "k1")
    work_request(line.ports, request.day, request.request_id, 0)
    line.settle()
    ingestion = line.ingestion(file_version_id)
    assert (ingestion.generation, ingestion.status) == (1, Status.LANDED)


def test_who_loses_the_race_to_raise_a_generation_follows_what_won(
    line: Line, landed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = accept(line.ports, RequestKind.REPROCESS, Selection(file_version_ids=(landed,)), "ann", "k1")

    def lose(*_: object) -> None:
        raise ConflictError("commit_conflict")

    with monkeypatch.context() as patched:
        patched.setattr(line.ports.ledger, "commit", lose)
        assert raise_generation(line.ports, request, landed)
    assert line.ingestion(landed).generation == 1


def test_many_requests_for_one_file_at_once_collapse(line: Line, landed: str) -> None:
    for number in range(90):
        ask(line.ports, landed, f"k{number}")
    line.settle()
    assert len(line.ports.jobs.runs) == 2


def test_a_flood_of_requests_is_told_to_come_later(line: Line, landed: str) -> None:
    for number in range(MOST_OPEN):
        ask(line.ports, landed, f"k{number}")
    with pytest.raises(RequestRefusedError) as refused:
        ask(line.ports, landed, "one more")
    assert refused.value.status == 429


def test_withdraw_takes_the_rows_back_by_an_empty_generation(line: Line, landed: str) -> None:
    ask(line.ports, landed, "k1", RequestKind.WITHDRAW)
    line.settle()
    ingestion = line.ingestion(landed)
    assert (ingestion.status, ingestion.cause, ingestion.outcome.bronze) == (Status.WITHDRAWN, Cause.WITHDRAW, "")
    manifests = [blob.content for blob in line.ports.files.blobs["manifests"].values()]
    assert sum(b'"withdrawn"' in manifest for manifest in manifests) == 1


def test_a_generation_is_known_since_its_request_and_the_first_since_the_file_arrived(line: Line, landed: str) -> None:
    arrived_at = line.ingestion(landed).arrived_at
    line.ports.clock.advance(3600)
    requested_at = line.ports.clock.now()
    ask(line.ports, landed, "k1", RequestKind.WITHDRAW)
    line.ports.clock.advance(60)
    line.settle()
    manifests = [json.loads(blob.content) for blob in line.ports.files.blobs["manifests"].values()]
    known = {one["generation"]: one["known_at"] for manifest in manifests for one in manifest["ingestions"]}
    assert known == {1: to_wire(arrived_at), 2: to_wire(requested_at)}


def test_a_generation_is_never_known_before_the_one_it_replaces(line: Line, landed: str) -> None:
    ingestion = line.ingestion(landed)
    later = ingestion.updated_at + timedelta(hours=2)
    replaced = ingestion.raised(Cause.REPROCESS, later, later)
    assert replaced.raised(Cause.WITHDRAW, ingestion.updated_at, later).known_at == later


def test_the_same_bytes_land_after_the_first_were_withdrawn(line: Line, landed: str) -> None:
    ask(line.ports, landed, "k1", RequestKind.WITHDRAW)
    line.settle()
    again = line.drop(PATH.replace(".csv", "_again.csv"), DEPARTMENTS)
    line.settle()
    assert line.ingestion(again).status is Status.LANDED


def test_a_held_file_lands_when_a_person_releases_it(line: Line) -> None:
    rows = b"".join(b"DEPT%03d,Name\n" % number for number in range(20))
    line.drop(PATH, b"DeptID,Name\n" + rows)
    line.settle()
    held = line.drop(PATH.replace("31", "30"), DEPARTMENTS)
    line.settle()
    selection = Selection(file_version_ids=(held,), is_release=True)
    accept(line.ports, RequestKind.REPROCESS, selection, "ann", "release")
    line.settle()
    assert line.ingestion(held).status is Status.LANDED


@pytest.mark.parametrize(
    "selection", [Selection(source_id="hospital_a__department"), Selection(path_prefix="emr/hospital_a/")]
)
def test_a_source_or_path_prefix_names_all_its_files(line: Line, landed: str, selection: Selection) -> None:
    others = [line.drop(PATH.replace(".csv", f"_{n}.csv"), DEPARTMENTS + b"D%d,X\n" % n) for n in range(120)]
    line.settle()
    accept(line.ports, RequestKind.REPROCESS, selection, "ann", "all")
    line.settle()
    assert {line.ingestion(each).generation for each in (landed, *others)} == {2}


def test_files_that_move_to_another_source_meanwhile_hide_none_of_the_others(line: Line, metadata: Metadata) -> None:
    paths = [PATH.replace(".csv", f"_{n}.csv") for n in range(3 * AT_ONCE)]
    files = [line.drop(path, DEPARTMENTS + b"D%d,X\n" % n) for n, path in enumerate(paths)]
    line.settle()
    known = metadata.sources["hospital_a__department"]
    unclaimed = replace(known, path_pattern=metadata.sources["hospital_a__patient"].path_pattern)
    claiming = replace(known, source_id="hospital_a__ward")
    line.ports.metadata = replace(metadata, sources={known.source_id: unclaimed, claiming.source_id: claiming})
    accept(line.ports, RequestKind.REPROCESS, Selection(source_id=known.source_id), "ann", "all")
    line.settle()
    assert {line.ingestion(each).generation for each in files} == {2}
    assert {line.ingestion(each).outcome.source_id for each in files} == {claiming.source_id}


def test_a_run_names_the_files_it_took(line: Line, landed: str) -> None:
    token = next(iter(line.ports.jobs.runs.values())).token
    accept(line.ports, RequestKind.REPROCESS, Selection(databricks_run=token), "ann", "run")
    line.settle()
    assert line.ingestion(landed).generation == 2


def test_a_dry_run_counts_and_changes_nothing(line: Line, landed: str) -> None:
    body = b'{"source_id": "hospital_a__department", "dry_run": true}'
    assert take_request(line.ports, "reprocess", body, "application/json", "ann", "k")["targets"] == 1
    line.settle()
    assert line.ingestion(landed).generation == 1


def test_a_request_for_a_source_that_is_taken_away_ends_and_keeps_nobody_waiting(line: Line, landed: str) -> None:
    request = accept(line.ports, RequestKind.REPROCESS, Selection(source_id="hospital_a__department"), "ann", "k1")
    others = {name: source for name, source in line.ports.metadata.sources.items() if name != "hospital_a__department"}
    line.ports.metadata = replace(line.ports.metadata, sources=others)
    line.settle()
    assert recorded_request(line.ports, request.day, request.request_id).is_done
    assert not list(line.ports.ledger.scan("requests", "open"))


@pytest.mark.parametrize("body", [b'{"source_id": "nobody"}', b'{"databricks_run": "%s"}' % (b"0" * 64)])
def test_what_nobody_knows_is_not_found(line: Line, body: bytes) -> None:
    with pytest.raises(RequestRefusedError) as refused:
        take_request(line.ports, "reprocess", body, "application/json", "ann", "k")
    assert refused.value.status == 404


def test_a_file_whose_source_came_to_be_known_moves_from_one_listing_to_the_other(
    line: Line, metadata: Metadata
) -> None:
    sources = dict(metadata.sources)
    known = sources.pop("hospital_a__department")
    line.ports.metadata = replace(metadata, sources=sources)
    file_version_id = line.drop(PATH, DEPARTMENTS)
    line.settle()
    assert line.ingestion(file_version_id).outcome.reason == "unknown_path"
    line.ports.metadata = replace(metadata, sources={**sources, known.source_id: known})
    ask(line.ports, file_version_id, "k1")
    line.settle()
    listed = list_ingestions(line.ports, ListingQuery())["ingestions"]
    assert isinstance(listed, list)
    assert [(each["source_id"], each["status"]) for each in listed] == [(known.source_id, "landed")]
