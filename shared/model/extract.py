"""An extract: one table of a hospital's EMR database that is pulled into landing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from shared.model.duration import read_duration


class WatermarkType(StrEnum):
    """What the watermark column holds: days, or instants in the database's own clock."""

    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class FullPull:
    """The whole table, at most once in each `every`."""

    every: timedelta


@dataclass(frozen=True, slots=True)
class IncrementalPull:
    """Rows by a column that grows with each change; the last `overlap` is read again, for rows that came late."""

    watermark_column: str
    watermark_type: WatermarkType
    overlap: timedelta


@dataclass(frozen=True, slots=True)
class Extract:
    """One file of metadata/extracts. `columns` names the table's columns where the record's names differ."""

    extract_id: str
    title: str
    active: bool
    connection: str
    table: str
    columns: Mapping[str, str]
    where: Mapping[str, str | int | bool]
    pull: FullPull | IncrementalPull
    target_source: str

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The extract of a document that fits extract.schema.json."""
        return cls(
            extract_id=document["extract_id"],
            title=document["title"],
            active=document["active"],
            connection=document["connection"],
            table=document["table"],
            columns=document["columns"],
            where=document["where"],
            pull=_read_pull(document["pull"]),
            target_source=document["target_source"],
        )

    def table_column(self, record_column: str) -> str:
        """The table's name of a column of the target's record."""
        return self.columns.get(record_column, record_column)


def _read_pull(document: Mapping[str, Any]) -> FullPull | IncrementalPull:
    if document["kind"] == "full":
        return FullPull(read_duration(document["every"]))
    return IncrementalPull(
        document["watermark_column"], WatermarkType(document["watermark_type"]), read_duration(document["overlap"])
    )


@dataclass(frozen=True, slots=True)
class WatermarkRange:
    """Rows from `since` (inclusive) to before `until`, ISO text, "" for no bound; `unmarked` rows have no watermark."""

    column: str
    type: WatermarkType
    since: str = ""
    until: str = ""
    unmarked: bool = False


@dataclass(frozen=True, slots=True)
class TableQuery:
    """What is read of a table. Names are identifiers of the metadata's grammar: no SQL is ever composed of text."""

    connection: str
    table: str
    columns: tuple[str, ...]
    order_by: tuple[str, ...]
    where: Mapping[str, str | int | bool]
    watermark: WatermarkRange | None = None
