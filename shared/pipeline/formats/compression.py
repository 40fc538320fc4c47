"""Bytes as they came → plain bytes, within the limits of the format: a bomb is noticed while it unpacks."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

from shared.model.file_format import MIB, Compression, FileFormat, FileKind, Limits
from shared.pipeline.formats.broken import BrokenFileError, broken
from shared.pipeline.formats.chunk_stream import ChunkStream

PIECE: Final = 4 * MIB
RATIO_COUNTS_FROM: Final = 16 * MIB
"""Small files may shrink as far as they like; the ratio is asked once this much has come out."""

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
ZIP_MAGIC: Final = b"PK\x03\x04"
LONGEST_MAGIC: Final = 4
GZIP_WINDOW: Final = 31  # zlib's word for: deflate inside a gzip header and trailer


def decompressed(chunks: Iterable[bytes], file_format: FileFormat) -> Iterator[bytes]:
    """The plain bytes, in pieces of at most 4 MiB where they were compressed. No bytes at all are `empty_file`."""
    source = _Counted(chunks)
    head, stream = _peek(source)
    if not head:
        raise broken("empty_file")
    match _compression(head, file_format):
        case Compression.GZIP:
            plain = _single(_gunzipped(stream))
        case Compression.ZSTD:
            plain = _single(_unzstd(stream))
        case _:
            if head.startswith(ZIP_MAGIC) and file_format.kind is not FileKind.EXCEL:
                raise broken("archive")
            plain = stream
    return _within_limits(plain, source, file_format.limits)


def _compression(head: bytes, file_format: FileFormat) -> Compression:
    if file_format.compression is not Compression.AUTO:
        return file_format.compression
    if head.startswith(GZIP_MAGIC):
        return Compression.GZIP
    return Compression.ZSTD if head.startswith(ZSTD_MAGIC) else Compression.NONE


class _Counted:
    """Passes chunks on and knows how many bytes it has passed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.passed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = next(self._chunks)
        self.passed += len(chunk)
        return chunk


def _peek(chunks: Iterator[bytes] | _Counted) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, enough for a magic number, and the whole stream with them still in it."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= LONGEST_MAGIC:
            break

    def whole() -> Iterator[bytes]:
        yield head
        yield from chunks

    return head, whole()


def _single(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Refuses what is compressed again inside: one layer is all that a declared format has."""
    head, stream = _peek(pieces)
    if not head:
        raise broken("empty_file")
    if head.startswith((GZIP_MAGIC, ZSTD_MAGIC, ZIP_MAGIC)):
        raise broken("nested_compression")
    return stream


def _within_limits(pieces: Iterator[bytes], source: _Counted, limits: Limits) -> Iterator[bytes]:
    produced = 0
    for piece in pieces:
        produced += len(piece)
        if produced > limits.output_bytes:
            raise broken("output_limit")
        if produced > RATIO_COUNTS_FROM and produced > source.passed * limits.compression_ratio:
            raise broken("compression_ratio")
        if piece:
            yield piece


def _gunzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """All members, one after the other; zero bytes between and after them are padding."""
    member, members = None, 0
    for chunk in chunks:
        pending = chunk
        while pending := pending if member else pending.lstrip(b"\0"):
            if member is None:
                member, members = zlib.decompressobj(GZIP_WINDOW), members + 1
            yield from _inflated(member, pending, first=members == 1)
            pending = member.unused_data
            member = None if member.eof else member
    if member is not None:
        raise broken("truncated_gzip")


def _inflated(member: "zlib._Decompress", data: bytes, *, first: bool) -> Iterator[bytes]:
    """What `data` unpacks to, a bounded piece at a time, up to the end of the data or of the member."""
    try:
        while True:
            piece = member.decompress(data, PIECE)
            yield piece
            data = member.unconsumed_tail
            if member.eof or not (data or len(piece) == PIECE):
                return
    except zlib.error as error:
        raise _gzip_fault(str(error), first=first) from None


def _gzip_fault(text: str, *, first: bool) -> BrokenFileError:
    if "incorrect header check" in text and not first:
        return broken("trailing_bytes")
    return broken("bad_gzip_crc" if "data check" in text or "length check" in text else "bad_gzip")


def _unzstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    stream = pa.CompressedInputStream(pa.PythonFile(ChunkStream(chunks), mode="r"), "zstd")
    try:
        while piece := stream.read(PIECE):
            yield piece
    except pa.ArrowException as error:
        raise broken(_zstd_fault(str(error))) from None
    except OSError as error:
        # Arrow's own faults of a stream are OSErrors without a number; the operating system's have one.
        if error.errno is not None or not any(word in str(error) for word in ("ZSTD", "compressed stream")):
            raise
        raise broken(_zstd_fault(str(error))) from None


def _zstd_fault(text: str) -> str:
    return "truncated_zstd" if "Truncated" in text else "bad_zstd"
