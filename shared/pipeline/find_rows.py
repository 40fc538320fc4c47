"""Rows of published Parquet files: those that add to a sum, page by page with their total; those of one name.

Memory is bounded by a row group: of each only the columns that decide are read, and none that by its statistics has no
such row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

type Row = dict[str, Any]


@dataclass(slots=True)
class Page:
    """Some of the rows that add to a sum, how many there are in all, and what all of them add up to."""

    rows: list[Row] = field(default_factory=list)
    row_count: int = 0
    amount: Decimal = Decimal(0)


def page_of(
    files: Sequence[pq.ParquetFile], amount: str, only: Mapping[str, str], columns: Sequence[str], start: int, most: int
) -> Page:
    """Up to `most` rows from number `start` on (from 0) whose column `amount` is not NULL and that are as `only` says.

    Each has `columns` and, as `amount`, what it adds.
    """
    page = Page()
    for file in files:
        for group in _groups(file, {amount: None, **only}):
            _add(page, file, group, amount, only, columns, start, most)
    return page


def rows_where(files: Sequence[pq.ParquetFile], only: Mapping[str, str]) -> Iterator[Row]:
    """All rows that are as `only` says, with all columns."""
    for file in files:
        for group in _groups(file, only):
            table = file.read_row_group(group)
            yield from table.filter(_holds(table, only)).to_pylist()


def _add(
    page: Page, file: pq.ParquetFile, group: int, amount: str, only: Mapping[str, str], columns: Sequence[str],
    start: int, most: int,
) -> None:  # fmt: skip
    told = file.read_row_group(group, columns=[amount, *only])
    there = pc.indices_nonzero(pc.and_(pc.is_valid(told[amount]), _holds(told, only)))
    amounts = told[amount].take(there)
    wanted = slice(max(0, start - page.row_count), max(0, start + most - page.row_count))
    if len(there[wanted]):
        rows = file.read_row_group(group, columns=list(columns)).take(there[wanted]).to_pylist()
        added = zip(rows, amounts[wanted].to_pylist(), strict=True)
        page.rows += [{**row, "amount": adds} for row, adds in added]
    page.row_count += len(there)
    page.amount += pc.sum(amounts).as_py() or 0


def _holds(table: pa.Table, only: Mapping[str, str]) -> pa.Array:
    holds = pa.array([True] * table.num_rows) if not only else None
    for name, value in only.items():
        mine = pc.fill_null(pc.equal(table[name], value), fill_value=False)
        holds = mine if holds is None else pc.and_(holds, mine)
    return holds


def _groups(file: pq.ParquetFile, only: Mapping[str, str | None]) -> Iterator[int]:
    """Row groups that may have rows with these values (None: any but NULL)."""
    places = {name: file.schema_arrow.get_field_index(name) for name in only}
    for group in range(file.metadata.num_row_groups):
        told = file.metadata.row_group(group)
        if all(_may_have(told.column(places[name]).statistics, told.num_rows, value) for name, value in only.items()):
            yield group


def _may_have(statistics: Any, row_count: int, value: str | None) -> bool:
    if statistics is None or (value is not None and not statistics.has_min_max):
        return True
    if value is None:
        return not (statistics.has_null_count and statistics.null_count == row_count)
    return bool(statistics.min <= value <= statistics.max)
