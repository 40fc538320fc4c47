"""The bytes of a file → blocks of records, or the reason why not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol

import pyarrow as pa

from shared.model.file_format import FileFormat, FileKind, Tolerance
from shared.model.violation import Violation
from shared.pipeline.ahead import fetched_ahead, mapped_ahead
from shared.pipeline.block import RECORD_COLUMN, Block, Parse
from shared.pipeline.formats.broken import BrokenFileError, broken
from shared.pipeline.formats.compression import decompressed
from shared.pipeline.formats.csv import read_csv
from shared.pipeline.formats.excel import read_excel
from shared.pipeline.formats.fixed_width import read_fixed_width
from shared.pipeline.formats.json_array import read_json_array
from shared.pipeline.formats.json_lines import read_json_lines
from shared.pipeline.formats.parquet import read_parquet
from shared.pipeline.freed_memory import keep_freed_memory
from shared.pipeline.instances import JSON_KINDS

type Reader = Callable[[Iterator[bytes], FileFormat], Iterator[Parse]]


class Counted(Protocol):
    """Something made of a block that knows how many records the block has."""

    @property
    def count(self) -> int: ...


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
    return read_with(lambda block: block, lambda block, before: block.after(before), chunks, file_format)


def read_with[T: Counted, R](
    work: Callable[[Block], T],
    place: Callable[[T, int], R],
    chunks: Iterable[bytes],
    file_format: FileFormat,
    workers: int = 1,
) -> Iterator[R | Violation]:
    """Like `read`, with work to be done on each block where it is parsed, which is in threads if there are workers.

    `work` gets blocks numbered from 1; `place` is told, in the order of the file, how many records were before.
    """
    keep_freed_memory()
    before = 0
    try:
        for worked in _worked(work, chunks, file_format, workers):
            yield place(worked, before)
            before += worked.count
        if not before:
            yield place(work(_no_records(file_format)), 0)
    except BrokenFileError as reason:
        yield from reason.violations


def _worked[T](
    work: Callable[[Block], T], chunks: Iterable[bytes], file_format: FileFormat, workers: int
) -> Iterator[T]:
    arriving = chunks if workers == 1 else fetched_ahead(chunks)
    parses = READERS[file_format.kind](decompressed(arriving, file_format), file_format)
    if workers == 1:
        return (work(parse()) for parse in parses)
    return mapped_ahead(lambda parse: work(parse()), parses, workers)


def _no_records(file_format: FileFormat) -> Block:
    """An accepted file without records still has its columns, so that bronze gets a file for it."""
    if file_format.empty is Tolerance.REFUSE:
        raise broken("header_only")
    own = [RECORD_COLUMN] if file_format.kind in JSON_KINDS else []
    names = [*own, *file_format.columns]
    nothing = [pa.array([], pa.string()) for _ in names]
    return Block(pa.RecordBatch.from_arrays(nothing, names), pa.array([], pa.int64()))
