"""Whatever bytes, bodies, events and queries come: a value comes back or one clear refusal, soon, never a traceback."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import PermanentError
from shared.model.file_format import FileFormat, FileKind, FixedField, Limits
from shared.model.violation import Violation
from shared.pipeline.read import read
from shared.pipeline.read_drain import read_drain, read_filter
from shared.pipeline.read_event import CREATED, RENAMED, read_event
from shared.pipeline.read_message import read_message
from shared.pipeline.read_query import read_query
from shared.pipeline.read_request import read_request

SOON = timedelta(seconds=5)
SMALL = Limits(record_bytes=4_096, field_bytes=1_024, columns=20, output_bytes=200_000, compression_ratio=50)
COLUMNS = ("a", "b")
ROWS = [{"a": str(number), "b": f'x,"{number}'} for number in range(20)]


def zstd(content: bytes) -> bytes:
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return packed


def excel() -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    for row in (COLUMNS, *(tuple(row.values()) for row in ROWS)):
        book.worksheets[0].append(row)
    book.save(written)
    return written.getvalue()


def parquet() -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), written)
    return written.getvalue()


WELL_FORMED: dict[FileKind, bytes] = {
    FileKind.CSV: b"a,b\n" + b"".join(b'%d,"x,""%d"\r\n' % (number, number) for number in range(20)),
    FileKind.JSON_LINES: b"".join(json.dumps(row).encode() + b"\n" for row in ROWS),
    FileKind.JSON_ARRAY: json.dumps(ROWS).encode(),
    FileKind.FIXED_WIDTH: b"".join(b"%5d%5d\n" % (number, number) for number in range(20)),
    FileKind.PARQUET: parquet(),
    FileKind.EXCEL: excel(),
}
PACKINGS: tuple[Callable[[bytes], bytes], ...] = (bytes, bytes, gzip.compress, zstd)
NASTY = (b"\x00", b"\xff\xfe", b'"', b"\n", b"{", b"[" * 300, b"\xed\xa0\x80", b"1e999999", b"NaN", b"," * 50)


def format_of(kind: FileKind) -> FileFormat:
    fixed = (FixedField("a", 0, 5), FixedField("b", 5, 5)) if kind is FileKind.FIXED_WIDTH else ()
    return FileFormat(kind, columns=COLUMNS, fixed_width=fixed, limits=SMALL)


def spoilt(content: bytes, rng: Random) -> bytes:
    """Bytes with a few things cut, doubled, flipped or put in."""
    spoiled = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(spoiled) + 1)
        until = min(at + rng.randint(1, 60), len(spoiled))
        match rng.randrange(4):
            case 0:
                del spoiled[at:until]
            case 1:
                spoiled[at:at] = spoiled[at:until]
            case 2:
                spoiled[at:at] = rng.choice(NASTY)
            case _ if at < len(spoiled):
                spoiled[at] = rng.randrange(256)
    return bytes(spoiled)


@pytest.mark.parametrize("kind", FileKind)
@settings(max_examples=60, deadline=SOON, derandomize=True)
@given(seed=st.integers(0, 2**32), chunk=st.sampled_from((1, 7, 64, 5_000)))
def test_a_spoilt_file_is_read_or_refused_once(kind: FileKind, seed: int, chunk: int) -> None:
    rng = Random(seed)
    content = spoilt(rng.choice(PACKINGS)(spoilt(WELL_FORMED[kind], rng)), rng)
    parts = list(read([content[at : at + chunk] for at in range(0, len(content), chunk)], format_of(kind)))
    refusals = [part for part in parts if isinstance(part, Violation)]
    assert parts
    assert refusals == parts[len(parts) - len(refusals) :]


@pytest.mark.parametrize("kind", FileKind)
@settings(max_examples=40, deadline=SOON, derandomize=True)
@given(content=st.binary(max_size=2_000))
def test_any_bytes_at_all_are_read_or_refused(kind: FileKind, content: bytes) -> None:
    assert list(read([content], format_of(kind)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode())
TEXTS = st.text(max_size=60) | st.sampled_from(["http://[", "//[x", "https://h:b/landing/x", "%ff%00", "../landing"])


@settings(max_examples=150, deadline=SOON, derandomize=True)
@given(kind=st.sampled_from([CREATED, RENAMED, "x"]), subject=TEXTS, url=TEXTS, data=JSON)
def test_any_event_is_a_hint_or_none(kind: str, subject: str, url: str, data: Any) -> None:
    said = {**data, "destinationUrl": url} if isinstance(data, dict) else data
    hint = read_event(kind, f"/blobServices/default/containers/landing/blobs/{subject}", said)
    assert hint is None or hint.name


def code_of(reader: Callable[[Any], object], said: object) -> str:
    """The code of a refusal, "" where there is none."""
    try:
        reader(said)
    except PermanentError as refusal:
        return refusal.code
    return ""


@settings(max_examples=150, deadline=SOON, derandomize=True)
@given(body=BODIES)
def test_any_body_is_understood_or_refused_with_a_code(body: bytes) -> None:
    codes = [code_of(reader, body) for reader in (read_message, read_request, read_drain)]
    assert all(code == "" or code.isidentifier() for code in codes)


FILTERS = ("source_id", "status", "day", "limit", "page", "queue", "reason", "message_type", "file_version_id", "x")


@settings(max_examples=150, deadline=SOON, derandomize=True)
@given(query=st.dictionaries(st.sampled_from(FILTERS), TEXTS, max_size=4))
def test_any_query_is_understood_or_refused_with_a_code(query: dict[str, str]) -> None:
    codes = [code_of(reader, query) for reader in (read_query, read_filter)]
    assert all(code == "" or code.isidentifier() for code in codes)
