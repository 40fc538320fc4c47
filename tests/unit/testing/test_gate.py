"""The gate of the fakes: nothing happens before it, everything has happened after it."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import TransientError
from shared.model.commit import HEAD, LEDGER, Commit, Row
from shared.model.events import Message
from shared.testing.fake_file_store import FakeFileStore
from shared.testing.fake_lakehouse_jobs import FakeLakehouseJobs
from shared.testing.fake_ledger import FakeLedger
from shared.testing.fake_message_bus import FakeMessageBus
from shared.testing.gate import Phase

HEAD_ROW = Row(LEDGER, "p", HEAD, {"number": 1})
MESSAGE = Message("id", {"type": "x.v1"})
QUEUE = "ingestion-requests"


class FailingGate:
    """Fails one operation in one phase, and writes down all that passes."""

    def __init__(self, operation: str, phase: Phase) -> None:
        self.fails = (operation, phase)
        self.passed: list[tuple[str, Phase]] = []

    def __call__(self, operation: str, phase: Phase) -> None:
        self.passed.append((operation, phase))
        if (operation, phase) == self.fails:
            raise TransientError("gate")


def stage(fake: FakeFileStore) -> None:
    with fake.stage("bronze", "a") as sink:
        sink.write(b"x")


EFFECTS: list[tuple[str, Callable[[Any], Any], Callable[[Any], object], Callable[[Any], bool]]] = [
    (
        "files.create",
        lambda gate: FakeFileStore(gate=gate),
        lambda fake: fake.create("bronze", "a", b"x"),
        lambda fake: "a" in fake.blobs["bronze"],
    ),
    ("files.stage", lambda gate: FakeFileStore(gate=gate), stage, lambda fake: "a" in fake.blobs["bronze"]),
    (
        "ledger.commit",
        lambda gate: FakeLedger(gate=gate),
        lambda fake: fake.commit(Commit(HEAD_ROW, None, "id")),
        lambda fake: HEAD in fake.tables[LEDGER].get("p", {}),
    ),
    (
        "ledger.insert",
        lambda gate: FakeLedger(gate=gate),
        lambda fake: fake.insert(HEAD_ROW),
        lambda fake: HEAD in fake.tables[LEDGER].get("p", {}),
    ),
    (
        "ledger.put",
        lambda gate: FakeLedger(gate=gate),
        lambda fake: fake.put(HEAD_ROW),
        lambda fake: HEAD in fake.tables[LEDGER].get("p", {}),
    ),
    (
        "sender.send",
        lambda gate: FakeMessageBus(gate=gate),
        lambda fake: fake.send(QUEUE, [MESSAGE]),
        lambda fake: len(fake.queues[QUEUE]) == 1,
    ),
    (
        "jobs.start",
        lambda gate: FakeLakehouseJobs(gate=gate),
        lambda fake: fake.start("rcm_medallion", "t", {}),
        lambda fake: len(fake.runs) == 1,
    ),
]


@pytest.mark.parametrize(("operation", "make", "call", "has_happened"), EFFECTS, ids=[each[0] for each in EFFECTS])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_fault_before_prevents_the_effect_and_a_fault_after_only_the_answer(
    operation: str,
    phase: Phase,
    make: Callable[[Any], Any],
    call: Callable[[Any], object],
    has_happened: Callable[[Any], bool],
) -> None:
    gate = FailingGate(operation, phase)
    fake = make(gate)
    with pytest.raises(TransientError):
        call(fake)
    assert has_happened(fake) == (phase == "after")
    assert gate.passed[-1] == (operation, phase)


def test_a_commit_whose_answer_was_lost_is_known_when_it_comes_again() -> None:
    gate = FailingGate("ledger.commit", "after")
    ledger = FakeLedger(gate)
    commit = Commit(HEAD_ROW, None, "id", inserted=(Row(LEDGER, "p", "audit-1", {}),))
    with pytest.raises(TransientError):
        ledger.commit(commit)
    ledger.gate = FailingGate("", "before")
    writes = ledger.writes
    ledger.commit(commit)
    assert ledger.writes == writes


def test_a_refused_operation_has_no_after() -> None:
    gate = FailingGate("", "before")
    fake = FakeLakehouseJobs(gate=gate)
    with pytest.raises(Exception, match="databricks_refused"):
        fake.start("rcm_medallion", "t" * 65, {})
    assert gate.passed == [("jobs.start", "before")]
