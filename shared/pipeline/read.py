"""The bytes of a file → blocks of records, or the reason why not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import pyarrow as pa

from shared.model.file_format import FileFormat, FileKind, Tolerance
from shared.model.violation import Violation
from shared.pipeline.block import Block
from shared.pipeline.formats.broken import BrokenFileError, broken
from shared.pipeline.formats.compression import decompressed
from shared.pipeline.formats.csv import read_csv
from shared.pipeline.formats.excel import read_excel
from shared.pipeline.formats.fixed_width import read_fixed_width
from shared.pipeline.formats.json_array import read_json_array
from shared.pipeline.formats.json_lines import read_json_lines
from shared.pipeline.formats.parquet import read_parquet

type Reader = Callable[[Iterator[bytes], FileFormat], Iterator[Block]]

READERS: Final[Mapping[FileKind, Reader]] = {
    FileKind.CSV: read_csv,
    FileKind.JSON_LINES: read_json_lines,
    FileKind.JSON_ARRAY: read_json_array,
    FileKind.PARQUET: read_parquet,
    FileKind.FIXED_WIDTH: read_fixed_width,
    FileKind.EXCEL: read_excel,
}


def read(chunks: Iterable[bytes], file_format: FileFormat) -> Iterator[Block | Violation]:
    """Blocks in the order of the file, in bounded memory whatever its size.

    Structural violations come last; with one of them the file is refused, and the blocks before it count for nothing.
    Nothing that the bytes hold raises. What `chunks` itself raises passes through.
    """
    records = 0
    try:
        for block in READERS[file_format.kind](decompressed(chunks, file_format), file_format):
            records += block.count
            yield block
        if not records:
            yield _no_records(file_format)
    except BrokenFileError as reason:
        yield from reason.violations


def _no_records(file_format: FileFormat) -> Block:
    """An accepted file without records still has its columns, so that bronze gets a file for it."""
    if file_format.empty is Tolerance.REFUSE:
        raise broken("header_only")
    nothing = [pa.array([], pa.string()) for _ in file_format.columns]
    return Block(pa.RecordBatch.from_arrays(nothing, list(file_format.columns)), pa.array([], pa.int64()))
