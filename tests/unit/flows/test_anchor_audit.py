"""Anchors over a ledger that the real flows wrote, and what verifying says once somebody touched it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import RequestRefusedError, TransientError
from shared.flows.anchor_audit import anchor_audit
from shared.flows.reprocess import accept
from shared.flows.verify_audit import report_audit, verify_all
from shared.metadata import Metadata
from shared.model.anchor import ANCHORS, Anchor
from shared.model.commit import BOOKMARKS, DATABRICKS_RUNS, LEDGER, Row
from shared.model.request import RequestKind, Selection
from shared.testing.fake_ledger import Stored
from shared.testing.fake_ports import FakePorts
from shared.testing.gate import Phase
from shared.testing.line import Line

PATH = "emr/hospital_a/2026-01-31/departments{}.csv"
DAY = timedelta(days=1).total_seconds()


def drop(line: Line, number: int) -> str:
    file_version_id = line.drop(PATH.format(number), f"DeptID,Name\nDEPT{number:03d},Emergency\n".encode())
    line.settle()
    return file_version_id


def ask_and_settle(line: Line, file_version_id: str) -> None:
    accept(line.ports, RequestKind.REPROCESS, Selection(file_version_ids=(file_version_id,)), "ann", "key")
    line.settle()


def anchors(ports: FakePorts) -> list[Anchor]:
    return [Anchor.from_text(blob.content.decode()) for _, blob in sorted(ports.files.blobs[ANCHORS].items())]


def test_all_chains_that_moved_are_anchored_and_the_log_is_sound(line: Line, ports: FakePorts) -> None:
    files = {drop(line, number) for number in range(3)}
    anchor_audit(ports)
    [anchor] = anchors(ports)
    assert {mark.partition for mark in anchor.marks} == files | {"rcm_medallion"}
    verdict = verify_all(ports)
    assert (verdict.findings, verdict.unanchored, verdict.chains) == ([], {}, 4)


def test_an_anchor_covers_only_what_moved_and_links_to_the_one_before(line: Line, ports: FakePorts) -> None:
    drop(line, 1)
    anchor_audit(ports)
    ports.clock.advance(3600)
    later = drop(line, 2)
    anchor_audit(ports)
    _, second = anchors(ports)
    assert {mark.partition for mark in second.marks} == {later, "rcm_medallion"}
    assert (verify_all(ports).findings, second.number) == ([], 2)


def test_anchors_keep_their_order_when_the_clock_was_set_back(line: Line, ports: FakePorts) -> None:
    drop(line, 1)
    anchor_audit(ports)
    ports.clock.set_back(3600)
    drop(line, 2)
    anchor_audit(ports)
    assert [anchor.number for anchor in anchors(ports)] == [1, 2]
    assert (verify_all(ports).findings, verify_all(ports).unanchored) == ([], {})


@pytest.mark.parametrize("seconds", [1, 3600, 3 * 3600, DAY, 10 * DAY])
def test_nothing_is_written_when_nothing_moved(line: Line, ports: FakePorts, seconds: float) -> None:
    for number in (1, 2):
        drop(line, number)
        anchor_audit(ports)
    ports.clock.advance(seconds)
    anchor_audit(ports)
    anchor_audit(ports)
    assert len(anchors(ports)) == 2


def test_a_reprocess_of_a_file_of_last_year_is_anchored_within_a_day(line: Line, ports: FakePorts) -> None:
    file_version_id = drop(line, 1)
    anchor_audit(ports)
    ports.clock.advance(300 * DAY)
    anchor_audit(ports)
    ask_and_settle(line, file_version_id)
    assert (LEDGER, file_version_id) in verify_all(ports).unanchored
    ports.clock.advance(DAY)
    anchor_audit(ports)
    assert (verify_all(ports).findings, verify_all(ports).unanchored) == ([], {})


def test_what_no_anchor_covers_is_named(line: Line, ports: FakePorts) -> None:
    drop(line, 1)
    anchor_audit(ports)
    later = drop(line, 2)
    verdict = verify_all(ports)
    assert verdict.findings == []
    assert set(verdict.unanchored) == {(LEDGER, later), (DATABRICKS_RUNS, "rcm_medallion")}


class CrashAt:
    """A gate that ends the process at the n-th call of an operation, before or after its effect."""

    def __init__(self) -> None:
        self.place: tuple[str, Phase] | None = None

    def __call__(self, operation: str, phase: Phase) -> None:
        if (operation, phase) == self.place:
            self.place = None
            raise TransientError("crash")


@pytest.mark.parametrize(
    "place",
    [
        ("ledger.insert", "before"),
        ("ledger.insert", "after"),
        ("files.create", "before"),
        ("files.create", "after"),
        ("ledger.put", "before"),
        ("ledger.put", "after"),
    ],
)
def test_an_anchoring_cut_short_anywhere_is_finished_by_the_next_without_a_second_anchor(
    metadata: Metadata, place: tuple[str, Phase]
) -> None:
    gate = CrashAt()
    ports = FakePorts(metadata, gate)
    line = Line(ports)
    drop(line, 1)
    anchor_audit(ports)
    drop(line, 2)
    gate.place = place
    with pytest.raises(TransientError):
        anchor_audit(ports)
    ports.clock.advance(3600)
    anchor_audit(ports)
    anchor_audit(ports)
    assert [anchor.number for anchor in anchors(ports)] == [1, 2]
    assert (verify_all(ports).findings, verify_all(ports).unanchored) == ([], {})


def test_two_at_once_write_one_anchor(line: Line, ports: FakePorts) -> None:
    drop(line, 1)
    other = FakePorts(ports.metadata)
    other.ledger, other.clock, other.files.blobs = ports.ledger, ports.clock, ports.files.blobs

    def let_the_other_go_first(operation: str, phase: Phase) -> None:
        if (operation, phase) == ("files.create", "before"):
            anchor_audit(other)

    ports.files.gate = let_the_other_go_first
    anchor_audit(ports)
    assert [anchor.number for anchor in anchors(ports)] == [1]
    assert verify_all(ports).unanchored == {}


def test_more_chains_than_one_anchor_holds_make_several(
    line: Line, ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.flows.anchor_audit.MOST_MARKS", 2)
    for number in range(4):
        drop(line, number)
    anchor_audit(ports)
    assert [len(anchor.marks) for anchor in anchors(ports)] == [2, 2, 1]
    assert (verify_all(ports).findings, verify_all(ports).unanchored) == ([], {})


def change(ports: FakePorts, partition: str, key: str, **values: object) -> None:
    rows = ports.ledger.tables[LEDGER][partition]
    row = rows[key].row
    rows[key] = Stored(Row(row.table, row.partition, row.key, {**row.values, **values}), "etag")  # type: ignore[dict-item]


TAMPERING: dict[str, tuple[Callable[[FakePorts, str], object], str]] = {
    "edit": (lambda ports, one: change(ports, one, "audit-00000001", event="{}"), "broken_link"),
    "delete": (lambda ports, one: ports.ledger.tables[LEDGER][one].pop("audit-00000001"), "event_missing"),
    "truncate": (lambda ports, one: ports.ledger.tables[LEDGER][one].pop("audit-00000002"), "anchored_event_missing"),
    "head": (lambda ports, one: change(ports, one, "head", chain_hash="0" * 64), "head_differs"),
    "column of another kind": (lambda ports, one: change(ports, one, "head", chain_sequence="2"), "head_differs"),
    "partition": (lambda ports, one: ports.ledger.tables[LEDGER].pop(one), "chain_missing"),
}


@pytest.mark.parametrize(("tamper", "code"), TAMPERING.values(), ids=TAMPERING)
def test_a_touched_ledger_is_not_sound(
    line: Line, ports: FakePorts, tamper: Callable[[FakePorts, str], object], code: str
) -> None:
    file_version_id = drop(line, 1)
    anchor_audit(ports)
    tamper(ports, file_version_id)
    assert code in {finding.code for finding in verify_all(ports).findings}


def test_a_commit_that_comes_while_its_chain_is_read_is_no_finding(line: Line, ports: FakePorts) -> None:
    file_version_id = drop(line, 1)
    coming = iter([lambda: ask_and_settle(line, file_version_id)])

    def gate(operation: str, phase: Phase) -> None:
        if (operation, phase) == ("ledger.scan", "after") and (comes := next(coming, None)):
            comes()

    ports.ledger.gate = gate
    assert report_audit(ports, {"file_version_id": file_version_id})["sound"] is True
    assert line.ingestion(file_version_id).generation == 2


def test_a_touched_anchor_is_not_sound(line: Line, ports: FakePorts) -> None:
    drop(line, 1)
    anchor_audit(ports)
    [(name, blob)] = ports.files.blobs[ANCHORS].items()
    ports.files.blobs[ANCHORS][name] = replace(blob, content=blob.content.replace(b'"root":"', b'"root":"0'))
    assert "anchor_root_differs" in {finding.code for finding in verify_all(ports).findings}


def test_the_answer_over_http_is_of_a_day_or_of_one_file(line: Line, ports: FakePorts) -> None:
    first = drop(line, 1)
    ports.clock.advance(DAY)
    drop(line, 2)
    anchor_audit(ports)
    today = report_audit(ports, {})
    assert (today["sound"], today["chains"], today["unanchored_events"]) == (True, 2, 0)
    change(ports, first, "audit-00000001", event="{}")
    assert report_audit(ports, {})["sound"] is True
    said = report_audit(ports, {"file_version_id": first})
    assert (said["sound"], said["finding_count"]) == (False, 1)


def test_a_file_that_the_ledger_lost_is_not_sound(line: Line, ports: FakePorts) -> None:
    file_version_id = drop(line, 1)
    anchor_audit(ports)
    ports.ledger.tables[LEDGER].pop(file_version_id)
    assert report_audit(ports, {})["sound"] is False
    assert report_audit(ports, {"file_version_id": file_version_id})["sound"] is False


@pytest.mark.parametrize("query", [{"day": "yesterday"}, {"file_version_id": "../x"}, {"table": "ledger"}])
def test_a_query_that_is_not_understood_is_refused(ports: FakePorts, query: dict[str, str]) -> None:
    with pytest.raises(RequestRefusedError):
        report_audit(ports, query)


def test_verifying_writes_nothing(line: Line, ports: FakePorts) -> None:
    drop(line, 1)
    before = ports.ledger.writes, ports.files.writes, len(ports.ledger.tables[BOOKMARKS])
    verify_all(ports)
    report_audit(ports, {})
    assert (ports.ledger.writes, ports.files.writes, len(ports.ledger.tables[BOOKMARKS])) == before
