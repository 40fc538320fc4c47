"""A block's cells as the plan of a record reads them: a column of text per property, and how each cell is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shared.model.file_format import FileKind
from shared.pipeline.block import Block, Kinds, Rows
from shared.pipeline.instances import stored_value
from shared.pipeline.schema.text_column import Kind

TEXT_KINDS: Final = frozenset({FileKind.CSV, FileKind.FIXED_WIDTH, FileKind.EXCEL})


@dataclass(frozen=True, slots=True)
class ToldCells:
    """`kinds` is empty where cells are text and nothing else. Of the `odd` rows the columns do not tell the value."""

    columns: Mapping[str, Any]
    kinds: Mapping[str, Kinds]
    odd: Rows


def told_cells(block: Block, kind: FileKind) -> ToldCells | None:
    """None where only whole records tell their values: nested columns of Parquet, JSON without declared columns."""
    if kind is FileKind.PARQUET:
        return _of_types(block.records)
    if kind not in TEXT_KINDS and not block.kinds:
        return None
    columns = dict(zip(block.records.schema.names, block.records.columns, strict=True))
    return ToldCells(columns, block.kinds, np.array(sorted(block.instances), np.int64))


def _of_types(records: pa.RecordBatch) -> ToldCells | None:
    """Numbers that are none, NaN and the infinities, make their rows odd."""
    columns: dict[str, pa.StringArray] = {}
    kinds: dict[str, Kinds] = {}
    odd = np.zeros(records.num_rows, bool)
    for name, column in zip(records.schema.names, records.columns, strict=True):
        plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        kind = _kind(plain.type)
        if kind is None:
            return None
        if pa.types.is_floating(plain.type):
            plain = plain.cast(pa.float64())
            odd |= ~pc.fill_null(pc.is_finite(plain), fill_value=True).to_numpy(zero_copy_only=False)
        columns[name] = _text(plain)
        present = plain.is_valid().to_numpy(zero_copy_only=False)
        kinds[name] = np.where(present, np.uint8(kind), np.uint8(Kind.MISSING))
    return ToldCells(columns, kinds, np.flatnonzero(odd))


def _kind(stored: pa.DataType) -> Kind | None:
    """What a value of this type is in JSON; None for those whose text does not tell it."""
    types = pa.types
    if types.is_integer(stored) or types.is_floating(stored) or types.is_decimal(stored):
        return Kind.NUMBER
    if types.is_boolean(stored):
        return Kind.LITERAL
    is_text = types.is_string(stored) or types.is_large_string(stored) or types.is_string_view(stored)
    is_moment = types.is_date(stored) or types.is_time(stored) or types.is_timestamp(stored)
    return Kind.STRING if is_text or is_moment or types.is_null(stored) else None


def _text(column: pa.Array) -> pa.StringArray:
    if not (pa.types.is_date(column.type) or pa.types.is_time(column.type) or pa.types.is_timestamp(column.type)):
        return column.cast(pa.string())
    encoded = column.dictionary_encode()
    return pa.array(map(stored_value, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)
