"""Fixed-width lines → blocks of text columns; widths count characters, blanks around a cell are padding."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from shared.model.file_format import MIB, FileFormat, FixedField
from shared.pipeline.block import Block, Parse, Unsplit
from shared.pipeline.formats.text import check_utf8, utf8
from shared.pipeline.formats.text_columns import check_lengths, control_findings
from shared.pipeline.formats.whole_records import line_end, whole_records

WINDOW: Final = 8 * MIB


def read_fixed_width(chunks: Iterator[bytes], file_format: FileFormat) -> Iterator[Parse]:
    """A line longer than the fields is a ragged row; one that lost its trailing blanks has empty cells at its end."""
    text = utf8(chunks, file_format.encoding)
    for block in whole_records(text, line_end, WINDOW, file_format.limits.record_bytes):
        yield partial(_parse, block, file_format)


def _parse(block: bytes, file_format: FileFormat) -> Block:
    check_utf8(block)
    fields = file_format.fixed_width
    width = max(field.start + field.width for field in fields)
    numbered = list(enumerate((line for each in block.decode().split("\n") if (line := each.removesuffix("\r"))), 1))
    ragged = tuple(Unsplit(number, "ragged_row", line) for number, line in numbered if len(line) > width)
    fitting = [(number, line) for number, line in numbered if len(line) <= width]
    records = _cells(pa.array([line for _, line in fitting], pa.string()), fields)
    check_lengths(records, file_format.limits)
    numbers = pa.array([number for number, _ in fitting], pa.int64())
    return Block(records, numbers, ragged, control_findings(records))


def _cells(lines: pa.StringArray, fields: tuple[FixedField, ...]) -> pa.RecordBatch:
    columns = [pc.utf8_slice_codeunits(lines, field.start, field.start + field.width) for field in fields]
    return pa.RecordBatch.from_arrays([pc.utf8_trim(cell, " ") for cell in columns], [field.name for field in fields])
