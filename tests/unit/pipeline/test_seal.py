from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.model.audit import AuditEvent, ChainHead, extend, genesis, link
from shared.model.commit import LEDGER, Row
from shared.pipeline.seal import seal

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HEAD = Row(LEDGER, "f" * 64, "head", {"status": "arrived"})


def event(outcome: str) -> AuditEvent:
    return AuditEvent("file_arrived", "register", "f1-1", outcome, NOON, {"length": 3})


def test_a_step_without_an_event_can_not_be_committed() -> None:
    with pytest.raises(ValueError, match="audit event"):
        seal(HEAD, None, genesis(LEDGER, HEAD.partition), (), "attempt")


def test_the_head_says_how_far_the_chain_has_come() -> None:
    commit = seal(HEAD, None, genesis(LEDGER, HEAD.partition), (event("a"), event("b")), "attempt")
    assert commit.head.values["chain_sequence"] == 2
    assert commit.head.values["chain_hash"] == commit.inserted[1].values["hash"]
    assert [row.key for row in commit.inserted] == ["audit-00000001", "audit-00000002"]


def test_chains_of_two_partitions_never_begin_alike() -> None:
    assert genesis(LEDGER, "one") != genesis(LEDGER, "two")


@given(st.lists(st.text(), min_size=1, max_size=6), st.data())
def test_a_changed_event_changes_every_hash_after_it(outcomes: list[str], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(outcomes) - 1))
    start = ChainHead(0, "0" * 64)
    _, links = extend(start, tuple(event(outcome) for outcome in outcomes))
    changed = [*outcomes[:position], outcomes[position] + "x", *outcomes[position + 1 :]]
    _, others = extend(start, tuple(event(outcome) for outcome in changed))
    same = [a.hash == b.hash for a, b in zip(links, others, strict=True)]
    assert same == [index < position for index in range(len(outcomes))]


def test_a_link_takes_in_its_place() -> None:
    assert link(ChainHead(1, "0" * 64), "e").hash != link(ChainHead(2, "0" * 64), "e").hash
