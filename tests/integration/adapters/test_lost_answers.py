"""Writes to tables whose answer is lost on the way, and what the adapter makes of that."""

from typing import Any
from uuid import uuid4

import pytest

from shared.adapters.azure_table import AzureTableLedger
from shared.errors import ConflictError, TransientError
from shared.model.commit import HEAD, LEDGER, Commit, Row
from shared.settings import Endpoint

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture
def partition() -> str:
    return uuid4().hex


@pytest.fixture
def ledger(proxied: Endpoint) -> AzureTableLedger:
    return AzureTableLedger(proxied)


def test_a_commit_that_was_applied_counts_as_done(ledger: AzureTableLedger, proxy: Any, partition: str) -> None:
    audit = Row(LEDGER, partition, "audit-1", {})
    proxy.losing = 1
    ledger.commit(Commit(Row(LEDGER, partition, HEAD, {"number": 1}), None, "mine", inserted=(audit,)))
    assert proxy.lost == 1
    assert [row.key for row in ledger.scan(LEDGER, partition)] == ["audit-1", HEAD]


def test_a_commit_that_lost_its_race_and_its_answer_is_tried_again_and_then_a_conflict(
    ledger: AzureTableLedger, proxy: Any, partition: str
) -> None:
    ledger.commit(Commit(Row(LEDGER, partition, HEAD, {"number": 1}), None, "theirs"))
    proxy.losing = 1
    mine = Commit(Row(LEDGER, partition, HEAD, {"number": 2}), None, "mine")
    with pytest.raises(TransientError, match="tables_unavailable"):
        ledger.commit(mine)
    assert proxy.lost == 1
    with pytest.raises(ConflictError):
        ledger.commit(mine)
    stored = ledger.get(LEDGER, partition, HEAD)
    assert stored is not None
    assert stored.values == {"number": 1}


def test_an_inserted_row_is_ours_although_nobody_said_so(ledger: AzureTableLedger, proxy: Any, partition: str) -> None:
    proxy.losing = 1
    assert ledger.insert(Row(LEDGER, partition, "inbox", {}))
    assert not ledger.insert(Row(LEDGER, partition, "inbox", {}))


def test_a_replaced_row_is_ours_although_nobody_said_so(ledger: AzureTableLedger, proxy: Any, partition: str) -> None:
    ledger.put(Row(LEDGER, partition, "claim", {"holder": "a"}))
    stored = ledger.get(LEDGER, partition, "claim")
    assert stored is not None
    proxy.losing = 1
    assert ledger.replace(Row(LEDGER, partition, "claim", {"holder": "b"}), stored.etag)
    assert not ledger.replace(Row(LEDGER, partition, "claim", {"holder": "c"}), stored.etag)


def test_a_put_and_a_delete_are_simply_done_again(ledger: AzureTableLedger, proxy: Any, partition: str) -> None:
    proxy.losing = 1
    ledger.put(Row(LEDGER, partition, "status", {"said": "after"}))
    assert ledger.get(LEDGER, partition, "status") is not None
    ledger.delete(LEDGER, partition, ["status"])
    assert ledger.get(LEDGER, partition, "status") is None
