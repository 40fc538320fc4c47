"""CSV, as `csv_grammar` defines it → blocks of text columns. Arrow parses what is regular, the grammar the rest."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from shared.model.file_format import MIB, FileFormat, Limits
from shared.pipeline.block import Block, Parse, Unsplit
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
from shared.pipeline.formats.text_columns import check_lengths, control_findings, repeating
from shared.pipeline.formats.whole_records import whole_records

WINDOW: Final = 8 * MIB
PAGE: Final = MIB // 2
"""Arrow goes over its input once per column: it should still be in the processor's cache."""


def read_csv(chunks: Iterator[bytes], file_format: FileFormat) -> Iterator[Parse]:
    """Blocks of whole records; the header is checked before the first of them."""
    dialect = Dialect.of(file_format.delimiter, file_format.quote)
    blocks = whole_records(
        utf8(chunks, file_format.encoding),
        lambda parts: last_record_end(parts, dialect),
        WINDOW,
        file_format.limits.record_bytes,
    )
    parser: _Parser | None = None
    for block in blocks:
        records = block
        if parser is None:
            check_utf8(block)
            header, records = _split_header(block, dialect)
            parser = _Parser(lay_out(header, file_format), dialect, file_format.limits) if header else None
        if parser is not None and records:
            yield parser.parsing(records)
    if parser is None:
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


class _Parser:
    """Parses the records of one file, block after block. Columns that repeat their cells become dictionary-encoded."""

    def __init__(self, layout: Layout, dialect: Dialect, limits: Limits) -> None:
        self._layout = layout
        self._dialect = dialect
        self._limits = limits
        self._repeating: frozenset[int] | None = None

    def parsing(self, records: bytes) -> Parse:
        """The first records are parsed at once: which columns repeat in them, holds for those that come later."""
        if self._repeating is not None:
            return partial(self._parse, records)
        first = self._parse(records)
        return lambda: first

    def _parse(self, records: bytes) -> Block:
        check_utf8(records)
        unsplit: list[Unsplit] = []
        quoted = bool(self._dialect.quote) and self._dialect.quote in records
        if quoted and not self._is_regular(records):
            columns = self._by_grammar(records, unsplit)
        else:
            columns = self._by_arrow(records, unsplit, quoted=quoted)
        if self._repeating is None:
            self._repeating = repeating(columns)
        encoded = [
            (column.dictionary_encode() if position in self._repeating else column).combine_chunks()
            for position, column in enumerate(columns)
        ]
        block = _block(encoded, unsplit, self._layout)
        check_lengths(block.records, self._limits)
        return block

    def _is_regular(self, records: bytes) -> bool:
        return records.count(self._dialect.quote) % 2 == 0 and quotes_are_regular(records, self._dialect)

    def _by_arrow(self, records: bytes, unsplit: list[Unsplit], *, quoted: bool) -> list[pa.ChunkedArray]:
        """Page by page where no quoted cell can reach over the end of a page."""
        try:
            table = self._table(records, len(records) + 1 if quoted else PAGE, unsplit)
        except pa.ArrowInvalid:  # a record is longer than a page
            unsplit.clear()
            table = self._table(records, len(records) + 1, unsplit)
        columns: list[pa.ChunkedArray] = table.columns
        return columns

    def _table(self, records: bytes, page: int, unsplit: list[Unsplit]) -> pa.Table:
        def keep_aside(row: Any) -> str:
            unsplit.append(Unsplit(row.number, "ragged_row", row.text))
            return "skip"

        names = [str(position) for position in range(self._layout.width)]
        return arrow_csv.read_csv(
            pa.py_buffer(records),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=page),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._dialect.delimiter.decode(),
                quote_char=self._dialect.quote.decode() or False,
                invalid_row_handler=keep_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )

    def _by_grammar(self, records: bytes, unsplit: list[Unsplit]) -> list[pa.ChunkedArray]:
        """The same for records with irregular quotes: slower, and exact."""
        rows: list[list[str]] = []
        end = number = 0
        for match in record_matches(records, self._dialect):
            end = match.end()
            if not is_record(match):
                continue
            number += 1
            record = match.group(0).removesuffix(match.group(1))
            row = cells(record, self._dialect)
            if row is not None and len(row) == self._layout.width:
                rows.append(row)
            else:
                rule = "text_after_quote" if row is None else "ragged_row"
                unsplit.append(Unsplit(number, rule, record.decode()))
        if end < len(records):
            raise broken("unterminated_quote")
        return [pa.chunked_array([[row[at] for row in rows]], pa.string()) for at in range(self._layout.width)]


def _block(columns: list[pa.Array], unsplit: list[Unsplit], layout: Layout) -> Block:
    count = len(columns[0])
    absent = pa.array([""]).take(pa.array(np.zeros(count, np.int64)))
    ordered = [absent if position is None else columns[position] for position in layout.positions]
    named = zip(layout.names, ordered, strict=True)
    schema = pa.schema([pa.field(name, cells.type, nullable=False) for name, cells in named])  # quicker to write
    batch = pa.RecordBatch.from_arrays(ordered, schema=schema)
    numbers = np.arange(1, 1 + count + len(unsplit))
    kept = np.delete(numbers, [row.row_number - 1 for row in unsplit])
    return Block(batch, pa.array(kept, pa.int64()), tuple(unsplit), control_findings(batch))
