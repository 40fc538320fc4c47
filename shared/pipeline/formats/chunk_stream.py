"""A stream of chunks as the file object that libraries ask for."""

import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO


class ChunkStream(io.RawIOBase):
    """Reads forward over chunks; holds one of them at a time."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes and at least one, b"" at the end of the stream."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken


def spooled(chunks: Iterable[bytes]) -> IO[bytes]:
    """The whole stream in a file on disk that vanishes when closed: for formats that must be read from their end."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 the caller closes it
    try:
        for chunk in chunks:
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
