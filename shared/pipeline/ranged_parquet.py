"""A Parquet file of which only the ranges that are asked for are read: footer, columns, row groups."""

import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

type ReadRange = Callable[[int, int], bytes]
"""The bytes from a start, so many of them."""


def open_parquet(read: ReadRange, length: int) -> pq.ParquetFile:
    """A file of `length` bytes. Columns of a row group that are read together come in few ranges."""
    return pq.ParquetFile(pa.PythonFile(_Ranged(read, length), mode="r"), pre_buffer=True)


class _Ranged(io.RawIOBase):
    """The file object that Arrow asks for, over something that gives ranges."""

    def __init__(self, read: ReadRange, length: int) -> None:
        super().__init__()
        self._read = read
        self._length = length
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        self._position = start + offset
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        end = self._length if size < 0 else min(self._length, self._position + size)
        content = self._read(self._position, end - self._position) if end > self._position else b""
        self._position += len(content)
        return content
