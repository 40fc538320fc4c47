"""The codes of a landed edition, from its bronze file."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq


def read_codes(chunks: Iterable[bytes], column: str) -> pa.StringArray:
    """The distinct codes in a column of text."""
    table = pq.read_table(pa.BufferReader(b"".join(chunks)), columns=[column])
    return table.column(column).cast(pa.string()).combine_chunks().unique()
