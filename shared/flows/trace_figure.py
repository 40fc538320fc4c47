"""From a published figure down: the rows it is summed from, and behind each what the ledger and the files say."""

import zlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shared.errors import RequestRefusedError
from shared.flows.read_published import current_edition
from shared.flows.read_trace import trace_document, traced_files
from shared.model.lineage import bronze_dataset
from shared.pipeline.entries_behind import entries_behind
from shared.pipeline.read_trace_query import SIDES, TraceQuery, read_trace_query
from shared.ports import Ports

PLACE = ("noun", "source_id", "source_key", "_file_version_id", "_generation", "_row_number")
ROW = ("row", "account_id", "payer", "department", "provider", "service_line", *PLACE)
FIGURE = ("basis", *SIDES, "multiplier", "value", "unit")


def trace_figure(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """A page of the rows behind a side of a figure of the current edition; with `row`, that one and its entries.

    `amount` and `row_count` are of all rows, whatever the page: the amounts add up to the figure's side. 404 where
    there is no such figure or row.
    """
    from shared.pipeline.find_rows import page_of

    asked = read_trace_query(query)
    edition = current_edition(ports)
    traced = trace_document(ports, str(edition["token"]))
    relation, column = _relation(traced, asked)
    figure = _figure(ports, traced["trace_id"], asked)
    with traced_files(ports, traced["trace_id"], relation, *_place(asked)) as files:
        page = page_of(files, column, asked.only, ROW, asked.start, asked.limit)
    answer = {
        **edition,
        **{name: query[name] for name in ("kpi_id", "hospital", "period", "bucket", *asked.only) if name in query},
        "side": asked.side,
        "relation": {"name": relation, **traced["relations"][relation]},
        "figure": {name: _shown(figure[name]) for name in FIGURE},
        "row_count": page.row_count,
        "amount": _shown(page.amount),
    }
    numbered = enumerate(page.rows, start=asked.start)
    if asked.row is None:
        following = asked.start + len(page.rows)
        rows = [_row(number, row) for number, row in numbered]
        return {**answer, "rows": rows, **({"next_page": str(following)} if following < page.row_count else {})}
    if not page.rows:
        raise RequestRefusedError("unknown_row", status=404)
    (row,) = page.rows
    return {**answer, **_row(asked.row, row), "entries": _entries(ports, traced, relation, asked, row)}


def _relation(traced: Mapping[str, Any], asked: TraceQuery) -> tuple[str, str]:
    for one in traced["figures"]:
        if (one["kpi_id"], one["hospital"], one["bucket"]) == (asked.kpi_id, asked.hospital, asked.bucket):
            relation, column = one[asked.side]
            return relation, column
    raise RequestRefusedError("unknown_figure", status=404)


def _figure(ports: Ports, trace_id: str, asked: TraceQuery) -> Mapping[str, Any]:
    from shared.pipeline.find_rows import rows_where

    dimension, member = next(iter(asked.only.items()), (None, None))
    with traced_files(ports, trace_id, "figure", *_place(asked)) as files:
        for row in rows_where(files, {"kpi_id": asked.kpi_id}):
            if (row["bucket"], row["dimension"], row["member"]) == (asked.bucket, dimension, member):
                return row
    raise RequestRefusedError("unknown_figure", status=404)


def _place(asked: TraceQuery) -> tuple[str, str]:
    return (f"hospital={asked.hospital}", f"period={asked.period}")


def _entries(
    ports: Ports, traced: Mapping[str, Any], relation: str, asked: TraceQuery, row: Mapping[str, Any]
) -> list[dict[str, object]]:
    """What is on file behind a row that is put together from several; nothing behind one that is a record itself."""
    from shared.pipeline.find_rows import rows_where

    if not row["account_id"] or not traced["entry_files"]:
        return []
    part = zlib.crc32(row["account_id"].encode()) % int(traced["entry_files"])
    with traced_files(ports, traced["trace_id"], "entry", f"hospital={asked.hospital}", f"part={part}") as files:
        on_file = list(rows_where(files, {"account_id": row["account_id"]}))
    return [_entry(one) for one in entries_behind(relation, row["row"], asked.period, on_file)]


def _row(number: int, row: Mapping[str, Any]) -> dict[str, object]:
    slices = {name: row[name] for name in ("payer", "department", "provider", "service_line")}
    told = {"number": number, "row": row["row"], "account_id": row["account_id"], "amount": _shown(row["amount"])}
    return {**told, **slices, **({"from": _from(row)} if row["noun"] else {})}


def _entry(entry: Mapping[str, Any]) -> dict[str, object]:
    said = {name: _shown(entry[name]) for name in entry if name not in PLACE and entry[name] is not None}
    return {**said, "from": _from(entry)}


def _from(row: Mapping[str, Any]) -> dict[str, object]:
    """The row of silver, and the record of the bronze log and of the file that it is."""
    place = (row["source_id"], row["_file_version_id"], row["_generation"])
    return {
        "silver": f"silver.{row['noun']}",
        "source_key": row["source_key"],
        "bronze": bronze_dataset(*place),
        "file_version_id": row["_file_version_id"],
        "generation": row["_generation"],
        "row_number": row["_row_number"],
    }


def _shown(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
