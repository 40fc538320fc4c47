"""An extract: one table of a hospital's EMR database that is pulled into landing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from shared.model.duration import read_duration
from shared.model.table_query import WatermarkType


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
