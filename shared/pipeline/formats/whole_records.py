"""Bytes → blocks of whole records, cut where the format says that a record ends."""

from collections.abc import Callable, Iterable, Iterator

from shared.pipeline.formats.broken import broken

type FindEnd = Callable[[bytes], int]
"""How many of the bytes, which start at a record, belong to whole records that surely end there; 0 if none does."""


def whole_records(chunks: Iterable[bytes], find_end: FindEnd, window: int, longest: int) -> Iterator[bytes]:
    """Blocks of about `window` bytes, the last may lack its line end; a record over `longest` bytes breaks the file."""
    rest = b""
    for parts in _gathered(chunks, window):
        block = b"".join([rest, *parts])
        end = find_end(block)
        if len(block) - end > longest:
            raise broken("record_too_long")
        if end:
            yield block[:end]
        rest = block[end:]
    if rest:
        yield rest


def line_end(block: bytes) -> int:
    """The `FindEnd` of formats in which a record is a line."""
    return block.rfind(b"\n") + 1


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
