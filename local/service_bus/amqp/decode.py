"""Octets to values: strict, and bounded by the octets that are really there."""

import struct
from collections.abc import Callable
from uuid import UUID

from local.service_bus.amqp.errors import DecodeError
from local.service_bus.amqp.values import (
    Array,
    Byte,
    Described,
    Float,
    Int,
    Opaque,
    Short,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
    Value,
)

MAX_DEPTH = 32

type _Reader = Callable[[bytes, int, int], tuple[Value, int]]

_CONSTANTS: dict[int, Value] = {0x40: None, 0x41: True, 0x42: False, 0x43: UInt(0), 0x44: ULong(0)}

_NUMBERS: dict[int, tuple[str, type]] = {
    0x50: (">B", UByte),
    0x51: (">b", Byte),
    0x52: (">B", UInt),
    0x53: (">B", ULong),
    0x54: (">b", Int),
    0x55: (">b", int),
    0x56: (">B", bool),
    0x60: (">H", UShort),
    0x61: (">h", Short),
    0x70: (">I", UInt),
    0x71: (">i", Int),
    0x72: (">f", Float),
    0x80: (">Q", ULong),
    0x81: (">q", int),
    0x82: (">d", float),
    0x83: (">q", Timestamp),
}

# char and the three decimals
_OPAQUE_WIDTHS: dict[int, int] = {0x73: 4, 0x74: 4, 0x84: 8, 0x94: 16}


def decode(octets: bytes, at: int = 0) -> tuple[Value, int]:
    """The value that starts at ``at``, and the position after it.

    Raises DecodeError on anything malformed, truncated, nested deeper than MAX_DEPTH, or larger than its octets.
    """
    try:
        return _read(octets, at, 0)
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise DecodeError("a value is truncated or is not of its type") from error


def _read(octets: bytes, at: int, depth: int) -> tuple[Value, int]:
    reader = _READERS.get(octets[at])
    if reader is None:
        raise DecodeError(f"0x{octets[at]:02x} is no constructor of a type")
    return reader(octets, at + 1, depth)


def _constant(value: Value) -> _Reader:
    return lambda _octets, at, _depth: (value, at)


def _empty_list(_octets: bytes, at: int, _depth: int) -> tuple[Value, int]:
    return [], at


def _number(layout: str, kind: type) -> _Reader:
    unpack, width = struct.Struct(layout).unpack_from, struct.calcsize(layout)
    return lambda octets, at, _depth: (kind(unpack(octets, at)[0]), at + width)


def _slice(octets: bytes, at: int, width: int) -> tuple[bytes, int]:
    end = at + width
    if end > len(octets):
        raise DecodeError("a value is longer than what holds it")
    return octets[at:end], end


def _fixed(width: int, make: Callable[[bytes], Value]) -> _Reader:
    def read(octets: bytes, at: int, _depth: int) -> tuple[Value, int]:
        content, end = _slice(octets, at, width)
        return make(content), end

    return read


def _variable(width: int, make: Callable[[bytes], Value]) -> _Reader:
    def read(octets: bytes, at: int, _depth: int) -> tuple[Value, int]:
        length, at = _size(octets, at, width)
        content, end = _slice(octets, at, length)
        return make(content), end

    return read


def _size(octets: bytes, at: int, width: int) -> tuple[int, int]:
    if width == 1:
        return octets[at], at + 1
    return struct.unpack_from(">I", octets, at)[0], at + 4


def _compound(octets: bytes, at: int, width: int, depth: int) -> tuple[int, int, int]:
    """The number of elements, where they start and where they must end."""
    if depth >= MAX_DEPTH:
        raise DecodeError(f"values are nested deeper than {MAX_DEPTH}")
    size, at = _size(octets, at, width)
    end = at + size
    count, at = _size(octets, at, width)
    # An element takes at least one octet, so a count beyond that is a claim on memory and nothing else.
    if end > len(octets) or count > end - at:
        raise DecodeError("a compound value is longer than what holds it")
    return count, at, end


def _elements(octets: bytes, at: int, width: int, depth: int) -> tuple[list[Value], int]:
    count, at, end = _compound(octets, at, width, depth)
    elements = []
    for _ in range(count):
        element, at = _read(octets, at, depth + 1)
        elements.append(element)
    if at != end:
        raise DecodeError("a compound value does not fill its size")
    return elements, end


def _list(width: int) -> _Reader:
    return lambda octets, at, depth: _elements(octets, at, width, depth)


def _map(width: int) -> _Reader:
    def read(octets: bytes, at: int, depth: int) -> tuple[Value, int]:
        elements, end = _elements(octets, at, width, depth)
        if len(elements) % 2:
            raise DecodeError("a map has a key without a value")
        try:
            return dict(zip(elements[::2], elements[1::2], strict=True)), end
        except TypeError as error:
            raise DecodeError("a map has a compound value for a key") from error

    return read


def _array(width: int, code: int) -> _Reader:
    def read(octets: bytes, at: int, depth: int) -> tuple[Value, int]:
        start = at
        count, at, end = _compound(octets, at, width, depth)
        if not count:
            return Array(), end
        reader = _ELEMENT_READERS.get(octets[at])
        if reader is None:
            return Opaque(code, octets[start:end]), end
        at += 1
        elements = Array()
        for _ in range(count):
            element, at = reader(octets, at, depth + 1)
            elements.append(element)
        if at != end:
            raise DecodeError("an array does not fill its size")
        return elements, end

    return read


def _described(octets: bytes, at: int, depth: int) -> tuple[Value, int]:
    if depth >= MAX_DEPTH:
        raise DecodeError(f"values are nested deeper than {MAX_DEPTH}")
    descriptor, at = _read(octets, at, depth + 1)
    value, at = _read(octets, at, depth + 1)
    return Described(descriptor, value), at


def _opaque(code: int) -> Callable[[bytes], Value]:
    return lambda content: Opaque(code, content)


def _text(content: bytes) -> str:
    return content.decode("utf-8")


def _symbol(content: bytes) -> Symbol:
    return Symbol(content.decode("ascii"))


def _uuid(content: bytes) -> UUID:
    return UUID(bytes=content)


# The types an array may have and still be read; an array of others is carried whole.
_ELEMENT_READERS: dict[int, _Reader] = {
    **{code: _number(layout, kind) for code, (layout, kind) in _NUMBERS.items()},
    0x98: _fixed(16, _uuid),
    0xA0: _variable(1, bytes),
    0xA1: _variable(1, _text),
    0xA3: _variable(1, _symbol),
    0xB0: _variable(4, bytes),
    0xB1: _variable(4, _text),
    0xB3: _variable(4, _symbol),
}

_READERS: dict[int, _Reader] = {
    **_ELEMENT_READERS,
    **{code: _constant(value) for code, value in _CONSTANTS.items()},
    **{code: _fixed(width, _opaque(code)) for code, width in _OPAQUE_WIDTHS.items()},
    0x00: _described,
    0x45: _empty_list,
    0xC0: _list(1),
    0xC1: _map(1),
    0xD0: _list(4),
    0xD1: _map(4),
    0xE0: _array(1, 0xE0),
    0xF0: _array(4, 0xF0),
}
