"""Compressed files, whole and broken, and what tries to unpack without end."""

import gzip
from collections.abc import Iterator

import pyarrow as pa
import pytest

from shared.model.file_format import FileFormat, Limits
from shared.model.violation import Violation
from shared.pipeline.block import Block
from shared.pipeline.formats import compression
from shared.pipeline.read import read

PLAIN = b"a,b\n" + b"1,2\n" * 1000
GZIPPED = gzip.compress(PLAIN)
TWO = FileFormat(columns=("a", "b"))


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return bytes(sink.getvalue().to_pybytes())


def outcome(content: bytes, file_format: FileFormat = TWO, chunk: int = 11) -> int | str:
    """How many records were read, or why the file is refused."""
    parts = list(read([content[at : at + chunk] for at in range(0, len(content), chunk)], file_format))
    reasons = [part.rule for part in parts if isinstance(part, Violation)]
    return reasons[0] if reasons else sum(part.count for part in parts if isinstance(part, Block))


def test_compression_is_seen_from_the_bytes_and_members_are_one_file() -> None:
    half = len(PLAIN) // 2
    assert outcome(PLAIN) == outcome(GZIPPED) == outcome(zstd(PLAIN)) == 1000
    assert outcome(gzip.compress(PLAIN[:half]) + gzip.compress(PLAIN[half:]) + bytes(512)) == 1000


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (GZIPPED[:-9], "truncated_gzip"),
        (GZIPPED[:-4], "truncated_gzip"),
        (GZIPPED[:-8] + b"\0" * 4 + GZIPPED[-4:], "bad_gzip_crc"),
        (GZIPPED[:20] + b"\xff" * 9 + GZIPPED[29:], "bad_gzip"),
        (GZIPPED + b"PK junk", "trailing_bytes"),
        (zstd(PLAIN)[:-5], "truncated_zstd"),
        (zstd(PLAIN) + b"junk", "bad_zstd"),
        (gzip.compress(GZIPPED), "nested_compression"),
        (gzip.compress(b"PK\x03\x04" + PLAIN), "nested_compression"),
        (gzip.compress(b""), "empty_file"),
    ],
)
def test_a_broken_archive_is_refused_with_a_stable_code(content: bytes, rule: str) -> None:
    assert outcome(content) == rule


def test_declared_gzip_that_is_plain_text_is_refused() -> None:
    assert outcome(PLAIN, FileFormat.from_mapping({"kind": "csv", "compression": "gzip"})) == "bad_gzip"


def test_a_bomb_is_refused_by_its_ratio_and_by_its_size_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "RATIO_COUNTS_FROM", 1 << 16)
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 200_000)
    assert outcome(bomb, chunk=1 << 16) == "compression_ratio"
    capped = FileFormat(columns=("a", "b"), limits=Limits(output_bytes=1_000, compression_ratio=10_000))
    assert outcome(GZIPPED, capped) == "output_limit"


def test_no_piece_of_a_bomb_is_larger_than_the_memory_set_aside_for_it() -> None:
    bomb = gzip.compress(bytes(20 << 20))
    largest = max(map(len, compression._gunzipped(iter([bomb]))))
    assert largest <= compression.PIECE


def test_a_fault_of_the_source_of_the_bytes_passes_through_unchanged() -> None:
    class StoreUnreachableError(OSError):
        pass

    def failing(content: bytes) -> Iterator[bytes]:
        yield content
        raise StoreUnreachableError

    for content in (PLAIN, GZIPPED[:-9], zstd(PLAIN)[:-5]):
        with pytest.raises(StoreUnreachableError):
            list(read(failing(content), TWO))
