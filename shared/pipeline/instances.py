"""Blocks → the JSON instances that a schema speaks of."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

import numpy as np
import pyarrow as pa

from shared.model.file_format import FileKind
from shared.pipeline.block import RECORD_COLUMN, Block, Rows
from shared.pipeline.formats.json_text import parse
from shared.pipeline.schema.cells import CellTypes, record_instances
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.numbers import exact

JSON_KINDS: Final = frozenset({FileKind.JSON_LINES, FileKind.JSON_ARRAY})


def instances(block: Block, kind: FileKind, types: CellTypes, rows: Rows) -> Iterator[Any]:
    """The instance of each record at these positions.

    Text: an empty cell is a missing property, others are read as `CellTypes` says. JSON: the value itself. Parquet: a
    null is a missing property (an optional field that occurs zero times), dates and times are their ISO 8601 text.
    """
    records = block.records.take(pa.array(rows, pa.int64()))
    if kind in JSON_KINDS:
        return _json_values(block, records, rows)
    if kind is FileKind.PARQUET:
        return (stored_value(record) for record in records.to_pylist())
    columns = [column.to_pylist() for column in records.columns]
    return record_instances(records.schema.names, zip(*columns, strict=True), types)


def _json_values(block: Block, records: pa.RecordBatch, rows: Rows) -> Iterator[Any]:
    """The value kept from reading, or else that of the record's own text, which has been read once without a fault."""
    for position, text in zip(rows.tolist(), records.column(RECORD_COLUMN).to_pylist(), strict=True):
        yield block.instances[position] if position in block.instances else parse(text)


def stored_value(value: Json) -> Json:
    """The JSON value of what Parquet stored; bytes are text of Latin-1, one character a byte."""
    match value:
        case dict():
            return {name: stored_value(member) for name, member in value.items() if member is not None}
        case list():
            return [stored_value(element) for element in value]
        case datetime() | date() | time():
            return value.isoformat()
        case bytes():
            return value.decode("latin-1")
        case np.generic():
            return exact(value.item())
    return exact(value)
