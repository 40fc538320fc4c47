"""One JSON array of records → blocks, without holding the array: elements are cut by their brackets, then parsed."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from shared.model.file_format import MIB, FileFormat
from shared.pipeline.block import Block, Parse
from shared.pipeline.formats.broken import broken
from shared.pipeline.formats.json_block import json_block
from shared.pipeline.formats.text import check_utf8, utf8

BLOCK: Final = 4 * MIB
DEEPEST: Final = 40
STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'


def read_json_array(chunks: Iterator[bytes], file_format: FileFormat) -> Iterator[Parse]:
    """Breaks the file where the array itself is wrong; an element that is wrong inside is one bad record."""
    for elements in _grouped(_elements(utf8(chunks, file_format.encoding), file_format.limits.record_bytes)):
        yield partial(_parse, elements, file_format)


def _parse(elements: list[bytes], file_format: FileFormat) -> Block:
    for element in elements:
        check_utf8(element)
    return json_block([element.decode() for element in elements], file_format)


def _nested(depth: int) -> bytes:
    inner = rb"|" + _nested(depth - 1) if depth else b""
    return rb'[{\[](?:[^{}\[\]"]++|' + STRING + inner + rb")*+[}\]]"


OPENING: Final = re.compile(rb"\s*\[\s*(\]?)")
ELEMENT: Final = re.compile(rb"\s*(" + STRING + rb"|" + _nested(DEEPEST) + rb'|[^\s,\[\]{}"]++)\s*+([,\]])', re.DOTALL)


def _elements(chunks: Iterator[bytes], longest: int) -> Iterator[bytes]:
    """The text of each element of the array."""
    rest = b""
    pattern, last = OPENING, b""
    for chunk in chunks:
        rest, position = rest + chunk, 0
        while last != b"]" and (match := pattern.match(rest, position)):
            if pattern is ELEMENT:
                yield match.group(1)
            elif match.end() == len(rest) and not match.group(1):
                break  # the bracket that makes an empty array may be still to come
            pattern, last, position = ELEMENT, match.group(match.lastindex or 0), match.end()
        rest = rest[position:]
        if last == b"]":
            if rest.strip():
                raise broken("trailing_bytes")
            rest = b""
        elif len(rest) > longest:
            raise broken("record_too_long" if pattern is ELEMENT else "not_json_array")
    if last != b"]":
        raise broken("not_json_array")


def _grouped(elements: Iterator[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    size = 0
    for element in elements:
        group.append(element)
        size += len(element)
        if size >= BLOCK:
            yield group
            group, size = [], 0
    if group:
        yield group
