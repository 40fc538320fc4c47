"""How every Ledger commits: on the fake, and on Table Storage's adapter against Azurite."""

from dataclasses import replace

import pytest

from shared.errors import ConflictError
from shared.model.commit import HEAD, LEDGER, Commit, Row, StoredRow
from shared.ports import Ledger


def row(partition: str, key: str, **values: str | int) -> Row:
    return Row(LEDGER, partition, key, values)


def first_commit(partition: str, commit_id: str = "first") -> Commit:
    head, audit = row(partition, HEAD, number=1), row(partition, "audit-1", said="one")
    return Commit(head, None, commit_id, inserted=(audit,))


def next_commit(ledger: Ledger, partition: str, commit_id: str, number: int) -> Commit:
    head, audit = row(partition, HEAD, number=number), row(partition, f"audit-{number}", said=commit_id)
    return Commit(head, etag_of(ledger, partition, HEAD), commit_id, inserted=(audit,))


def found(ledger: Ledger, partition: str, key: str) -> StoredRow:
    stored = ledger.get(LEDGER, partition, key)
    assert stored is not None
    return stored


def etag_of(ledger: Ledger, partition: str, key: str) -> str:
    return found(ledger, partition, key).etag


def keys_of(ledger: Ledger, partition: str) -> list[str]:
    return [stored.key for stored in ledger.scan(LEDGER, partition)]


def test_a_first_commit_writes_all_its_rows(ledger: Ledger, partition: str) -> None:
    ledger.commit(first_commit(partition))
    assert keys_of(ledger, partition) == ["audit-1", HEAD]


def test_a_commit_moves_the_head_and_inserts_writes_and_deletes(ledger: Ledger, partition: str) -> None:
    ledger.commit(first_commit(partition))
    ledger.put(row(partition, "ready-1", at=1))
    ledger.put(row(partition, "status", said="before", gone=1))
    commit = replace(
        next_commit(ledger, partition, "second", 2),
        written=(row(partition, "status", said="after"), row(partition, "fresh", said="new")),
        deleted=("ready-1",),
    )
    ledger.commit(commit)
    assert keys_of(ledger, partition) == ["audit-1", "audit-2", "fresh", HEAD, "status"]
    assert found(ledger, partition, HEAD).values == {"number": 2}
    assert found(ledger, partition, "status").values == {"said": "after"}


def test_a_second_first_commit_is_a_conflict(ledger: Ledger, partition: str) -> None:
    ledger.commit(first_commit(partition))
    other = Commit(row(partition, HEAD, number=9), None, "other", inserted=(row(partition, "audit-9", said="nine"),))
    with pytest.raises(ConflictError):
        ledger.commit(other)
    assert keys_of(ledger, partition) == ["audit-1", HEAD]


def test_of_two_commits_under_one_head_one_wins(ledger: Ledger, partition: str) -> None:
    ledger.commit(first_commit(partition))
    mine, yours = next_commit(ledger, partition, "mine", 2), next_commit(ledger, partition, "yours", 3)
    ledger.commit(mine)
    with pytest.raises(ConflictError):
        ledger.commit(yours)
    assert found(ledger, partition, HEAD).values == {"number": 2}
    assert keys_of(ledger, partition) == ["audit-1", "audit-2", HEAD]


def test_a_row_that_was_to_be_inserted_and_exists_stops_the_whole_commit(ledger: Ledger, partition: str) -> None:
    ledger.commit(first_commit(partition))
    commit = next_commit(ledger, partition, "second", 2)
    ledger.put(row(partition, "audit-2", said="somebody else"))
    with pytest.raises(ConflictError):
        ledger.commit(commit)
    assert found(ledger, partition, HEAD).values == {"number": 1}
    assert found(ledger, partition, "audit-2").values == {"said": "somebody else"}


def test_a_row_that_was_to_be_deleted_and_is_gone_stops_the_whole_commit(ledger: Ledger, partition: str) -> None:
    ledger.commit(first_commit(partition))
    with pytest.raises(ConflictError):
        ledger.commit(replace(next_commit(ledger, partition, "second", 2), deleted=("ready-1",)))
    assert found(ledger, partition, HEAD).values == {"number": 1}


def test_a_commit_whose_head_is_gone_is_a_conflict(ledger: Ledger, partition: str) -> None:
    ledger.commit(first_commit(partition))
    commit = next_commit(ledger, partition, "second", 2)
    ledger.delete(LEDGER, partition, [HEAD])
    with pytest.raises(ConflictError):
        ledger.commit(commit)


def test_the_same_commit_again_is_known_as_applied(ledger: Ledger, partition: str) -> None:
    commit = first_commit(partition)
    ledger.commit(commit)
    etag = etag_of(ledger, partition, HEAD)
    ledger.commit(commit)
    assert etag_of(ledger, partition, HEAD) == etag


def test_a_commit_is_known_as_applied_also_after_the_head_moved_on(ledger: Ledger, partition: str) -> None:
    commit = first_commit(partition)
    ledger.commit(commit)
    ledger.commit(next_commit(ledger, partition, "second", 2))
    ledger.commit(commit)
    assert found(ledger, partition, HEAD).values == {"number": 2}
