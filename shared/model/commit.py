"""Rows of the ledger, and the group of them that is written together or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

type Value = str | int | bool | datetime

LEDGER = "ledger"
DATABRICKS_RUNS = "databricksruns"
REQUESTS = "requests"
LISTING = "listing"
CONTENTS = "contents"
BOOKMARKS = "bookmarks"
PERIODS = "periods"
TABLES = (LEDGER, DATABRICKS_RUNS, REQUESTS, LISTING, CONTENTS, BOOKMARKS, PERIODS)
HEAD = "head"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands and what it says. An absent value is left out, never null."""

    table: str
    partition: str
    key: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class StoredRow(Row):
    """A row as the store holds it, with the ETag that guards its next change."""

    etag: str


@dataclass(frozen=True, slots=True)
class Commit:
    """All rows of one step, in one partition, guarded by the head's ETag.

    `expected` is the head's ETag when the step was decided; None means that the partition has no head yet.
    `inserted` rows must not exist, `written` rows are replaced whatever they said, `deleted` names row keys.
    `commit_id` is unique to this try, so that a lost answer can be told from a lost race.
    """

    head: Row
    expected: str | None
    commit_id: str
    inserted: tuple[Row, ...] = ()
    written: tuple[Row, ...] = ()
    deleted: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        rows = (*self.inserted, *self.written)
        if any((row.table, row.partition) != (self.head.table, self.head.partition) for row in rows):
            raise ValueError("a commit stays in one partition")
