"""Parquet → blocks with the types as stored. It is read from its end, so the file is put on disk first."""

from collections.abc import Iterator
from functools import partial
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from shared.model.file_format import FileFormat
from shared.pipeline.block import Block, Parse
from shared.pipeline.formats.broken import broken
from shared.pipeline.formats.chunk_stream import spooled
from shared.pipeline.formats.header import Layout, lay_out

ROWS: Final = 50_000


def read_parquet(chunks: Iterator[bytes], file_format: FileFormat) -> Iterator[Parse]:
    """Columns by name, as a header would name them; what is optional and absent is a column of nulls."""
    with spooled(chunks) as file:
        opened = _open(file)
        if sum(opened.metadata.row_group(at).total_byte_size for at in range(opened.num_row_groups)) > (
            file_format.limits.output_bytes
        ):
            raise broken("output_limit")
        layout = lay_out(opened.schema_arrow.names, file_format)
        for batch in _batches(opened):
            yield partial(_parse, batch, layout)


def _parse(batch: pa.RecordBatch, layout: Layout) -> Block:
    return Block(_arranged(batch, layout), pa.array(range(1, 1 + batch.num_rows), pa.int64()))


def _open(file: IO[bytes]) -> Any:
    try:
        return pq.ParquetFile(file, pre_buffer=False)
    except (pa.ArrowException, OSError):
        raise broken("not_parquet") from None


def _batches(opened: Any) -> Iterator[pa.RecordBatch]:
    try:
        yield from opened.iter_batches(batch_size=ROWS, use_threads=False)
    except (pa.ArrowException, OSError):
        raise broken("not_parquet") from None


def _arranged(batch: pa.RecordBatch, layout: Layout) -> pa.RecordBatch:
    absent = pa.nulls(batch.num_rows, pa.string())
    columns = [absent if at is None else batch.column(at) for at in layout.positions]
    return pa.RecordBatch.from_arrays(columns, list(layout.names))
