"""CSV, as `csv_grammar` defines it → blocks of text columns. Arrow parses what is regular, the grammar the rest."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from shared.model.file_format import MIB, FileFormat
from shared.pipeline.block import Block, Unsplit
from shared.pipeline.formats.broken import broken
from shared.pipeline.formats.csv_grammar import (
    Dialect,
    cells,
    first_record,
    is_record,
    last_record_end,
    quotes_are_regular,
    record_matches,
)
from shared.pipeline.formats.header import Layout, lay_out
from shared.pipeline.formats.text import check_utf8, utf8
from shared.pipeline.formats.text_columns import check_lengths, control_findings
from shared.pipeline.formats.whole_records import whole_records

WINDOW: Final = 8 * MIB


def read_csv(chunks: Iterator[bytes], file_format: FileFormat) -> Iterator[Block]:
    """Blocks of whole records; the header is checked before the first of them."""
    dialect = Dialect.of(file_format.delimiter, file_format.quote)
    blocks = whole_records(
        utf8(chunks, file_format.encoding),
        lambda block: last_record_end(block, dialect),
        WINDOW,
        file_format.limits.record_bytes,
    )
    layout: Layout | None = None
    read = 0
    for block in blocks:
        check_utf8(block)
        records = block
        if layout is None:
            header, records = _split_header(block, dialect)
            layout = lay_out(header, file_format) if header else None
        if layout is not None and records:
            parsed = _parse(records, layout, dialect, read)
            check_lengths(parsed.records, file_format.limits)
            read += parsed.count
            yield parsed
    if layout is None:
        raise broken("empty_file")


def _split_header(block: bytes, dialect: Dialect) -> tuple[list[str] | None, bytes]:
    """The names in the first record and what follows it; no names if the block has blank lines only."""
    match = first_record(block, dialect)
    if match is None:
        if block.strip(b"\r\n"):
            raise broken("unterminated_quote")
        return None, b""
    names = cells(match.group(0).removesuffix(match.group(1)), dialect)
    if names is None:
        raise broken("missing_column")
    return names, block[match.end() :]


def _parse(records: bytes, layout: Layout, dialect: Dialect, before: int) -> Block:
    if dialect.quote and dialect.quote in records and not _is_regular(records, dialect):
        return _parse_by_grammar(records, layout, dialect, before)
    return _parse_by_arrow(records, layout, dialect, before)


def _is_regular(records: bytes, dialect: Dialect) -> bool:
    return records.count(dialect.quote) % 2 == 0 and quotes_are_regular(records, dialect)


def _parse_by_arrow(records: bytes, layout: Layout, dialect: Dialect, before: int) -> Block:
    unsplit: list[Unsplit] = []

    def keep_aside(row: Any) -> str:
        unsplit.append(Unsplit(before + row.number, "ragged_row", row.text))
        return "skip"

    names = [str(position) for position in range(layout.width)]
    table = arrow_csv.read_csv(
        pa.py_buffer(records),
        read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(records) + 1),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter.decode(),
            quote_char=dialect.quote.decode() or False,
            invalid_row_handler=keep_aside,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )
    columns = [table.column(position).combine_chunks() for position in range(layout.width)]
    return _block(columns, table.num_rows, unsplit, records, layout, before)


def _parse_by_grammar(records: bytes, layout: Layout, dialect: Dialect, before: int) -> Block:
    """The same for records with irregular quotes: slower, and exact."""
    rows: list[list[str]] = []
    unsplit: list[Unsplit] = []
    end = number = 0
    for match in record_matches(records, dialect):
        end = match.end()
        if not is_record(match):
            continue
        number += 1
        record = match.group(0).removesuffix(match.group(1))
        row = cells(record, dialect)
        if row is not None and len(row) == layout.width:
            rows.append(row)
        else:
            rule = "text_after_quote" if row is None else "ragged_row"
            unsplit.append(Unsplit(before + number, rule, record.decode()))
    if end < len(records):
        raise broken("unterminated_quote")
    columns = [pa.array([row[position] for row in rows], pa.string()) for position in range(layout.width)]
    return _block(columns, len(rows), unsplit, records, layout, before)


def _block(
    columns: list[pa.Array], count: int, unsplit: list[Unsplit], text: bytes, layout: Layout, before: int
) -> Block:
    absent = pa.array([""]).take(pa.array(np.zeros(count, np.int64))) if None in layout.positions else None
    ordered = [absent if position is None else columns[position] for position in layout.positions]
    batch = pa.RecordBatch.from_arrays(ordered, list(layout.names))
    numbers = np.arange(before + 1, before + 1 + count + len(unsplit))
    kept = np.delete(numbers, [row.row_number - before - 1 for row in unsplit])
    return Block(batch, pa.array(kept, pa.int64()), tuple(unsplit), control_findings(batch, text))
