"""Month-end close over HTTP: a period is signed once, in its order, when it ties out and nothing is on its way."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.errors import RequestRefusedError, TransientError
from shared.flows.anchor_audit import anchor_audit
from shared.flows.close_period import close_period
from shared.flows.report_periods import closed_periods, list_periods, show_period
from shared.flows.reprocess import accept
from shared.flows.verify_audit import verify_all
from shared.metadata import Metadata
from shared.model.commit import PERIODS
from shared.model.instant import to_wire
from shared.model.request import RequestKind, Selection
from shared.testing.fake_ports import FakePorts
from shared.testing.gate import Phase
from shared.testing.line import Line

PATH = "emr/hospital_a/2026-01-31/departments{}.csv"
WORDS = {"signed_by": "Ann Controller", "note": "tied to the general ledger"}
BOOKS = {"1200_insurer.balance": "900.00", "4000.movement": "-1000.00"}


def period(
    month: str, ties_out: bool = True, hospital: str = "hospital_a", revenue: str = "-1000.00"
) -> dict[str, Any]:
    """A period as the lakehouse publishes it."""
    line = {"check": "trial_balance", "of": "1200", "expected": "900.00", "found": "900.00", "difference": "0.00"}
    figures = [
        {"account_group": group, "measure": measure, "books": amount, "restated": amount}
        for name, amount in (BOOKS | {"4000.movement": revenue}).items()
        for group, measure in [name.rsplit(".", 1)]
    ]
    tie_out = [{**line, "holds": True}, {**line, "check": "general_ledger", "holds": ties_out}]
    return {"hospital": hospital, "period": month, "ties_out": ties_out, "tie_out": tie_out, "figures": figures}


def publish(line: Line, *periods: dict[str, Any]) -> str:
    """Lets a file through the line and leaves what its run publishes; the edition."""
    number = len(line.ports.jobs.runs)
    line.drop(PATH.format(number), b"DeptID,Name\nDEPT%03d,Emergency\n" % number)
    line.settle()
    edition = list(line.ports.jobs.runs.values())[-1].token
    at = to_wire(line.ports.clock.now())
    said = json.dumps({"periods": periods}).encode()
    line.ports.files.upload("published", f"{edition}/close.json/part-0.txt", said)
    pointer = {"edition": edition, "token": edition, "published_at": at}
    line.ports.files.upload("published", f"current/{at}/part-0.txt", json.dumps(pointer).encode())
    return edition


def close(ports: FakePorts, month: str, key: str = "", words: dict[str, str] = WORDS) -> dict[str, Any]:
    body = json.dumps(words).encode()
    return close_period(ports, "hospital_a", month, body, "application/json", "ann", key)


def refusal(ports: FakePorts, month: str, key: str = "", words: dict[str, str] = WORDS) -> tuple[int, str]:
    with pytest.raises(RequestRefusedError) as refused:
        close(ports, month, key, words)
    return refused.value.status, refused.value.code


def test_a_signed_period_tells_who_when_and_what_was_signed(line: Line, ports: FakePorts) -> None:
    edition = publish(line, period("2025-11"))
    now = to_wire(ports.clock.now())
    said = close(ports, "2025-11")
    assert (said["status"], said["signed"]["signed_by"], said["signed"]["locked_at"]) == (
        "signed",
        "Ann Controller",
        now,
    )
    assert (said["signed"]["edition"], said["signed"]["figures"], said["signed"]["reproduces"]) == (
        edition,
        BOOKS,
        True,
    )
    assert show_period(ports, "hospital_a", "2025-11") == said


def test_the_list_has_every_period_with_its_status(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11"), period("2025-12", ties_out=False), period("2025-11", hospital="hospital_b"))
    close(ports, "2025-11")
    listed: Any = list_periods(ports, {})["periods"]
    assert [(each["hospital"], each["period"], each["status"]) for each in listed] == [
        ("hospital_a", "2025-11", "signed"),
        ("hospital_a", "2025-12", "tie_out_failed"),
        ("hospital_b", "2025-11", "open"),
    ]
    assert len(list_periods(ports, {"hospital": "hospital_b"})["periods"]) == 1  # type: ignore[arg-type]


def test_the_same_key_again_signs_nothing_and_answers_the_same(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11"))
    first = close(ports, "2025-11", "k")
    writes = ports.ledger.writes
    ports.clock.advance(60)
    assert close(ports, "2025-11", "k") == first
    assert ports.ledger.writes == writes
    assert refusal(ports, "2025-11", "k", {"signed_by": "Bob"}) == (422, "idempotency_key_reused")
    assert refusal(ports, "2025-11", "other") == (409, "period_signed")


def test_what_does_not_tie_out_is_refused_with_the_differences(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11", ties_out=False))
    with pytest.raises(RequestRefusedError) as refused:
        close(ports, "2025-11")
    differences: Any = refused.value.details["differences"]
    assert (refused.value.status, [each["check"] for each in differences]) == (409, ["general_ledger"])


def test_periods_are_signed_in_their_order(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-10"), period("2025-11"))
    assert refusal(ports, "2025-11") == (409, "earlier_period_open")
    close(ports, "2025-10")
    close(ports, "2025-11")
    publish(line, period("2025-09"), period("2025-10"), period("2025-11"))
    assert refusal(ports, "2025-09") == (409, "later_period_signed")


def test_the_present_month_is_not_over(line: Line, ports: FakePorts) -> None:
    month = f"{ports.clock.now():%Y-%m}"
    publish(line, period(month))
    assert refusal(ports, month) == (409, "period_not_over")


def test_what_was_not_published_is_not_found(line: Line, ports: FakePorts) -> None:
    assert refusal(ports, "2025-11") == (404, "nothing_published")
    publish(line, period("2025-11"))
    assert refusal(ports, "2025-12") == (404, "unknown_period")


def test_nothing_is_signed_while_files_are_on_their_way(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11"))
    line.drop(PATH.format("-late"), b"DeptID,Name\nDEPT999,Emergency\n")
    assert refusal(ports, "2025-11") == (409, "not_settled")
    line.settle()
    assert refusal(ports, "2025-11") == (409, "not_settled")
    publish(line, period("2025-11"))
    assert close(ports, "2025-11")["status"] == "signed"


def test_nothing_is_signed_while_a_landed_file_waits_to_be_noticed(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11"))
    line.drop(PATH.format("-late"), b"DeptID,Name\nDEPT999,Emergency\n")
    while (delivery := ports.bus.receive("ingestion-requests")) is not None:
        line.take(delivery)
    assert refusal(ports, "2025-11") == (409, "not_settled")


def test_nothing_is_signed_while_a_group_is_stranded_though_others_ran_since(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11"))
    line.result_state = "FAILED"
    line.drop(PATH.format("-poison"), b"DeptID,Name\nDEPT999,Emergency\n")
    line.settle()
    line.result_state = "SUCCESS"
    publish(line, period("2025-11"))
    assert refusal(ports, "2025-11") == (409, "not_settled")
    ports.clock.advance(3_600)
    publish(line, period("2025-11"))
    publish(line, period("2025-11"))
    assert close(ports, "2025-11")["status"] == "signed"


def test_nothing_is_signed_while_a_withdrawal_is_being_carried_out(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11"))
    accept(ports, RequestKind.WITHDRAW, Selection(source_id="hospital_a__department"), "ann", "k")
    assert refusal(ports, "2025-11") == (409, "not_settled")


def test_a_job_that_takes_in_nothing_of_the_hospital_stands_in_no_ones_way(line: Line, ports: FakePorts) -> None:
    ports.settings = replace(ports.settings, databricks_jobs={**ports.settings.databricks_jobs, "rcm_governance": 2})
    publish(line, period("2025-11"))
    assert close(ports, "2025-11")["status"] == "signed"


def test_books_that_no_longer_give_what_was_signed_are_told(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-11"))
    close(ports, "2025-11")
    publish(line, period("2025-11", revenue="-1000.01"))
    said: Any = show_period(ports, "hospital_a", "2025-11")
    assert (said["status"], said["signed"]["reproduces"]) == ("signed", False)


def test_the_next_run_learns_of_every_lock_from_its_manifest(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-10"), period("2025-11"))
    close(ports, "2025-10")
    close(ports, "2025-11")
    edition = publish(line)
    manifest = json.loads(ports.files.blobs["manifests"][f"rcm_medallion/{edition}.json"].content)
    assert manifest["closed_periods"] == closed_periods(ports)
    assert [lock["period"] for lock in manifest["closed_periods"]] == ["2025-10", "2025-11"]


def test_signatures_stand_in_a_chain_that_is_anchored(line: Line, ports: FakePorts) -> None:
    publish(line, period("2025-10"), period("2025-11"))
    close(ports, "2025-10")
    close(ports, "2025-11")
    anchor_audit(ports)
    assert (verify_all(ports).findings, verify_all(ports).unanchored) == ([], {})
    ports.ledger.tables[PERIODS]["hospital_a"].pop("audit-00000002")
    assert "anchored_event_missing" in {finding.code for finding in verify_all(ports).findings}


class CrashAt:
    """A gate that ends the request at a commit, before or after its effect."""

    def __init__(self) -> None:
        self.phase: Phase | None = None

    def __call__(self, operation: str, phase: Phase) -> None:
        if operation == "ledger.commit" and phase == self.phase:
            self.phase = None
            raise TransientError("crash")


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_request_cut_short_is_asked_again_with_its_key_and_signs_once(metadata: Metadata, phase: Phase) -> None:
    gate = CrashAt()
    ports = FakePorts(metadata, gate)
    publish(Line(ports), period("2025-11"))
    gate.phase = phase
    with pytest.raises(TransientError):
        close(ports, "2025-11", "k")
    assert close(ports, "2025-11", "k")["status"] == "signed"
    assert sum(key.startswith("audit-") for key in ports.ledger.tables[PERIODS]["hospital_a"]) == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({}, "signed_by_missing"),
        ({"signed_by": "A", "date": "x"}, "unknown_field"),
        ({"signed_by": "\n"}, "bad_signed_by"),
    ],
)
def test_words_that_are_not_understood_are_refused(ports: FakePorts, words: dict[str, str], code: str) -> None:
    assert refusal(ports, "2025-11", words=words) == (400, code)


@pytest.mark.parametrize(
    ("hospital", "month"), [("hospital_a", "2025-13"), ("hospital_a", "../x"), ("Hospital", "2025-11")]
)
def test_a_name_that_is_none_is_refused(ports: FakePorts, hospital: str, month: str) -> None:
    with pytest.raises(RequestRefusedError) as refused:
        show_period(ports, hospital, month)
    assert refused.value.status == 400
