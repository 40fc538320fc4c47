from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.service_bus.changes import (
    Activated,
    Change,
    DeadLettered,
    Deferred,
    Numbered,
    Remembered,
    Removed,
    Returned,
    Stored,
)
from local.service_bus.entry import EntryState
from local.service_bus.journal import Journal, JournalError
from local.service_bus.message import Message


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path)
    yield journal
    journal.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_every_kind_of_change_comes_back(journal: Journal, make_message: Callable[..., Message]) -> None:
    changes: list[Change] = [
        Stored(1, make_message("a", ttl=5), 10),
        Stored(2, make_message(scheduled_at=99), 10, EntryState.SCHEDULED, 99, 3, is_dead=True),
        Remembered("a", 1, 10),
        Numbered(7),
        Activated(2, 8, 99),
        Removed(1),
        Returned(8),
        Deferred(8),
        DeadLettered(8, "reason", None),
    ]
    for change in changes:
        journal.append("requests", change)
    journal.commit()
    assert list(journal.read()) == [("requests", change) for change in changes]


def test_what_is_not_committed_is_not_there(journal: Journal, path: Path) -> None:
    journal.append("requests", Removed(1))
    assert path.read_bytes() == b""


def test_a_commit_of_nothing_writes_nothing(journal: Journal, path: Path) -> None:
    journal.commit()
    assert path.read_bytes() == b""


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_counts_wholly_as_never_written(journal: Journal, path: Path, cut: int) -> None:
    journal.append("requests", Removed(1))
    journal.commit()
    journal.append("requests", Removed(2))
    journal.append("requests", Removed(3))
    journal.commit()
    path.write_bytes(path.read_bytes()[:-cut])
    if cut > 1:
        assert list(journal.read()) == [("requests", Removed(1))]
    else:
        assert len(list(journal.read())) == 3


@pytest.mark.parametrize(
    "damage", [b"{", b"[]]", b'[["requests",{"change":"removed"}]]', b'[["requests",{"change":"vanished"}]]', b"\xff"]
)
def test_damage_before_the_last_line_is_told_with_its_line(journal: Journal, path: Path, damage: bytes) -> None:
    path.write_bytes(b"[]\n" + damage + b"\n[]\n")
    with pytest.raises(JournalError, match="line 2"):
        list(journal.read())


def test_a_file_of_one_unreadable_line_is_no_journal_and_is_left_alone(journal: Journal, path: Path) -> None:
    path.write_bytes(b"something else")
    with pytest.raises(JournalError, match="line 1"):
        list(journal.read())
    assert path.read_bytes() == b"something else"


def test_a_rewritten_journal_holds_the_new_changes_and_takes_more(journal: Journal) -> None:
    journal.append("requests", Removed(1))
    journal.commit()
    journal.append("requests", Removed(2))
    journal.rewrite([("requests", Numbered(2))])
    journal.append("requests", Removed(3))
    journal.commit()
    assert list(journal.read()) == [("requests", Numbered(2)), ("requests", Removed(3))]


def test_a_journal_of_the_past_is_large(journal: Journal, make_message: Callable[..., Message]) -> None:
    stored = Stored(1, make_message("a" * 1_000_000), 0)
    sizes = []
    for _ in range(14):
        sizes.append(journal.is_large)
        journal.append("requests", stored)
        journal.commit()
    assert sizes[0] is False
    assert journal.is_large
    journal.rewrite([("requests", stored)])
    assert not journal.is_large


def test_a_journal_serves_one_broker_at_a_time(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="in use"):
        Journal(tmp_path)
    assert list(journal.read()) == []
