"""A sheet of an Excel workbook → blocks of text columns. The first row is the header."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import IO, Any, Final

import pyarrow as pa

from shared.model.file_format import MIB, FileFormat, Limits
from shared.pipeline.block import Block, Parse
from shared.pipeline.formats.broken import broken
from shared.pipeline.formats.chunk_stream import spooled
from shared.pipeline.formats.header import Layout, lay_out
from shared.pipeline.formats.text_columns import check_lengths, control_findings

LARGEST: Final = 512 * MIB
"""A workbook is parsed as a whole: more XML than this is refused before."""


def read_excel(chunks: Iterator[bytes], file_format: FileFormat) -> Iterator[Parse]:
    """One block. Cells are text: plain decimals, dates and times in ISO 8601, true or false."""
    with spooled(chunks) as file:
        _refuse_bomb(file, file_format)
        rows = [row for row in _rows(file, file_format.sheet) if any(row)]
    if not rows:
        raise broken("empty_file")
    yield partial(_parse, rows[1:], lay_out(rows[0], file_format), file_format.limits)


def _parse(rows: list[list[str]], layout: Layout, limits: Limits) -> Block:
    records = _columns(rows, layout)
    check_lengths(records, limits)
    numbers = pa.array(range(1, len(rows) + 1), pa.int64())
    return Block(records, numbers, findings=control_findings(records))


def _refuse_bomb(file: IO[bytes], file_format: FileFormat) -> None:
    try:
        with zipfile.ZipFile(file) as workbook:
            size = sum(entry.file_size for entry in workbook.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise broken("not_excel") from None
    if size > min(LARGEST, file_format.limits.output_bytes):
        raise broken("output_limit")
    file.seek(0)


def _rows(file: IO[bytes], sheet: str) -> Iterator[list[str]]:
    import pandas as pd

    try:
        with pd.ExcelFile(file, engine="openpyxl") as workbook:
            is_there = not sheet or sheet in workbook.sheet_names
            frame = workbook.parse(sheet or 0, header=None, dtype=object, na_filter=False) if is_there else None
    except Exception:  # noqa: BLE001  # what strangers put into a workbook makes its parsers raise anything
        raise broken("not_excel") from None
    if frame is None:
        raise broken("missing_sheet")
    return ([_text(cell) for cell in row] for row in frame.itertuples(index=False, name=None))


def _text(cell: Any) -> str:
    match cell:
        case str():
            return cell
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return format(Decimal(repr(cell)), "f").removesuffix(".0")
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
    return str(cell)


def _columns(rows: list[list[str]], layout: Layout) -> pa.RecordBatch:
    columns = [pa.array(["" if at is None else row[at] for row in rows], pa.string()) for at in layout.positions]
    return pa.RecordBatch.from_arrays(columns, list(layout.names))
