"""Bytes → blocks of whole records, cut where the format says that a record ends."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from shared.pipeline.formats.broken import broken

type FindEnd = Callable[[Sequence[bytes]], int]
"""How many of the bytes, in parts that start at a record, belong to whole records that surely end there; or 0."""


def whole_records(chunks: Iterable[bytes], find_end: FindEnd, window: int, longest: int) -> Iterator[bytes]:
    """Blocks of about `window` bytes, the last may lack its line end; a record over `longest` bytes breaks the file."""
    rest = b""
    for gathered in _gathered(chunks, window):
        parts = [rest, *gathered]
        end = find_end(parts)
        whole, rest = _cut(parts, end)
        if len(rest) > longest:
            raise broken("record_too_long")
        if whole:
            yield whole
    if rest:
        yield rest


def line_end(parts: Sequence[bytes]) -> int:
    """The `FindEnd` of formats in which a record is a line."""
    *before, last = parts
    if found := last.rfind(b"\n") + 1:
        return sum(map(len, before)) + found
    return b"".join(parts).rfind(b"\n") + 1


def _cut(parts: Sequence[bytes], end: int) -> tuple[bytes, bytes]:
    """The bytes before and after `end`, each copied once: blocks are large."""
    before: list[memoryview] = []
    after: list[memoryview] = []
    for part in parts:
        view, inside = memoryview(part), max(end, 0)
        before.append(view[:inside])
        after.append(view[inside:])
        end -= len(part)
    return b"".join(before), b"".join(after)


def _gathered(chunks: Iterable[bytes], window: int) -> Iterator[list[bytes]]:
    """The same bytes in groups of at most `window`, and not much less."""
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        for start in range(0, len(chunk), window):
            part = chunk[start : start + window]
            if size + len(part) > window:
                yield parts
                parts, size = [], 0
            parts.append(part)
            size += len(part)
    if parts:
        yield parts
