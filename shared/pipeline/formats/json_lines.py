"""JSON lines → blocks: one value per line, blank lines are no records."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from shared.model.file_format import MIB, FileFormat
from shared.pipeline.block import Block, Parse
from shared.pipeline.formats.json_block import json_lines_block
from shared.pipeline.formats.json_keys import KeyTable
from shared.pipeline.formats.text import check_utf8, utf8
from shared.pipeline.formats.whole_records import line_end, whole_records

WINDOW: Final = 4 * MIB
"""Smaller than that of CSV: a plain line is looked at in many passes, each of which leaves an array of its values."""


def read_json_lines(chunks: Iterator[bytes], file_format: FileFormat) -> Iterator[Parse]:
    """A line that is no JSON value is a record that could not be split; the lines after it are read on."""
    text = utf8(chunks, file_format.encoding)
    keys = KeyTable(file_format.columns) if KeyTable.fits(file_format.columns) else None
    for lines in whole_records(text, line_end, WINDOW, file_format.limits.record_bytes):
        yield partial(_parse, lines, keys, file_format)


def _parse(lines: bytes, keys: KeyTable | None, file_format: FileFormat) -> Block:
    check_utf8(lines)
    return json_lines_block(lines, keys, file_format)
