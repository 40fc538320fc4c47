"""EMR tables in memory, read by the same queries."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import batched

from shared.errors import ConfigurationError, PermanentError
from shared.model.table_query import TableQuery
from shared.testing.gate import Gate, open_gate, through

ROWS_AT_ONCE = 100

type Cell = str | int | bool | None
type Row = Mapping[str, Cell]


class FakeEmrReader:
    """Fulfils `EmrReader`. `databases` holds rows by connection and table; a watermark is ISO text."""

    def __init__(self, gate: Gate = open_gate) -> None:
        self.gate = gate
        self.databases: dict[str, dict[str, list[Row]]] = {}

    def latest(self, query: TableQuery) -> str:
        if query.watermark is None:
            raise ValueError("a greatest watermark needs a watermark column")
        with through(self.gate, "emr.latest"):
            column = query.watermark.column
            return max((str(row[column]) for row in self._rows(query) if row[column] is not None), default="")

    def read(self, query: TableQuery) -> Iterator[bytes]:
        for rows in batched(self._rows(query), ROWS_AT_ONCE, strict=False):
            with through(self.gate, "emr.read"):
                chunk = StringIO()
                csv.writer(chunk, lineterminator="\n").writerows([row[name] for name in query.columns] for row in rows)
            yield chunk.getvalue().encode()

    def _rows(self, query: TableQuery) -> list[Row]:
        if query.connection not in self.databases:
            known = ", ".join(self.databases) or "none"
            raise ConfigurationError("unknown_connection", f"there is no {query.connection}; known are {known}")
        if query.table not in self.databases[query.connection]:
            raise PermanentError("emr_refused", f"database {query.connection} has no such table or column")
        order = [*([query.watermark.column] if query.watermark else []), *query.order_by]
        rows = (row for row in self.databases[query.connection][query.table] if _is_wanted(row, query))
        return sorted(rows, key=lambda row: [str(row[name] or "") for name in order])


def _is_wanted(row: Row, query: TableQuery) -> bool:
    if any(row[name] != value for name, value in query.where.items()):
        return False
    if query.watermark is None:
        return True
    mark, bounds = row[query.watermark.column], query.watermark
    if mark is None:
        return bounds.unmarked or not (bounds.since or bounds.until)
    return bounds.since <= str(mark) and (not bounds.until or str(mark) < bounds.until)
