"""Plain bytes in a declared encoding → UTF-8 without a byte order mark."""

import codecs
from collections.abc import Iterator

from shared.pipeline.formats.broken import broken


def utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Files in UTF-8 pass as they are (each block is checked where it is used); others are transcoded strictly."""
    if codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"}:
        return _without_mark(chunks)
    return _transcoded(chunks, encoding)


def check_utf8(block: bytes) -> None:
    """Raises `not_utf8` unless the block is well-formed UTF-8. The block must end between characters."""
    if block.isascii():
        return
    try:
        block.decode()
    except UnicodeDecodeError:
        raise broken("not_utf8") from None


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= len(codecs.BOM_UTF8):
            break
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise broken("encoding") from None
