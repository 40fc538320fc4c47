"""Values to octets, each in a short encoding of its type."""

import struct
from collections.abc import Callable, Iterable
from uuid import UUID

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

# For each type of a fixed width: constructor code and layout of the full encoding, which arrays need too.
_WIDE: dict[type, tuple[int, str]] = {
    UByte: (0x50, ">B"),
    Byte: (0x51, ">b"),
    bool: (0x56, ">B"),
    UShort: (0x60, ">H"),
    Short: (0x61, ">h"),
    UInt: (0x70, ">I"),
    Int: (0x71, ">i"),
    Float: (0x72, ">f"),
    ULong: (0x80, ">Q"),
    int: (0x81, ">q"),
    float: (0x82, ">d"),
    Timestamp: (0x83, ">q"),
}

# For each type with a one-octet encoding besides: its code, layout, least and greatest value.
_NARROW: dict[type, tuple[int, str, int, int]] = {
    UInt: (0x52, ">BB", 0, 255),
    ULong: (0x53, ">BB", 0, 255),
    Int: (0x54, ">Bb", -128, 127),
    int: (0x55, ">Bb", -128, 127),
}


def encode(value: Value) -> bytes:
    """The octets of a value. Raises TypeError for a type AMQP has no place for, struct.error for a number too large."""
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise TypeError(f"{type(value).__name__} is no AMQP type")
    return writer(value)


def _null(_value: None) -> bytes:
    return b"\x40"


def _boolean(value: bool) -> bytes:
    return b"\x41" if value else b"\x42"


def _wide(kind: type) -> Callable[[float], bytes]:
    code, layout = _WIDE[kind]
    pack = struct.Struct(f">B{layout[1:]}").pack
    return lambda value: pack(code, value)


def _short(kind: type) -> Callable[[int], bytes]:
    code, layout, least, greatest = _NARROW[kind]
    narrow, wide = struct.Struct(layout).pack, _wide(kind)
    return lambda value: narrow(code, value) if least <= value <= greatest else wide(value)


def _octets(narrow: int, content: bytes) -> bytes:
    if len(content) < 256:
        return struct.pack(">BB", narrow, len(content)) + content
    return struct.pack(">BI", narrow + 0x10, len(content)) + content


def _binary(value: bytes) -> bytes:
    return _octets(0xA0, bytes(value))


def _text(value: str) -> bytes:
    return _octets(0xA1, value.encode("utf-8"))


def _symbol(value: Symbol) -> bytes:
    return _octets(0xA3, value.encode("ascii"))


def _uuid(value: UUID) -> bytes:
    return b"\x98" + value.bytes


def _compound(narrow: int, count: int, content: bytes) -> bytes:
    if count < 256 and len(content) < 255:
        return struct.pack(">BBB", narrow, len(content) + 1, count) + content
    return struct.pack(">BII", narrow + 0x10, len(content) + 4, count) + content


def _list(value: list[Value]) -> bytes:
    if not value:
        return b"\x45"
    return _compound(0xC0, len(value), b"".join(map(encode, value)))


def _map(value: dict[Value, Value]) -> bytes:
    content = b"".join(encode(part) for pair in value.items() for part in pair)
    return _compound(0xC1, 2 * len(value), content)


def _array(value: Array) -> bytes:
    return _compound(0xE0, len(value), _array_content(value))


def _array_content(elements: Iterable[Value]) -> bytes:
    """The one constructor of all elements, then each without it; nothing at all for an empty array."""
    encoded = [_element(element) for element in elements]
    if any(part[:1] != encoded[0][:1] for part in encoded):
        raise TypeError("the elements of an array are of one type")
    return b"".join(part if index == 0 else part[1:] for index, part in enumerate(encoded))


def _element(value: Value) -> bytes:
    if isinstance(value, Symbol):
        return _long_octets(0xB3, value.encode("ascii"))
    if isinstance(value, str):
        return _long_octets(0xB1, value.encode("utf-8"))
    if isinstance(value, bytes):
        return _long_octets(0xB0, value)
    if isinstance(value, UUID):
        return _uuid(value)
    if type(value) not in _WIDE:
        raise TypeError(f"arrays of {type(value).__name__} are not written")
    code, layout = _WIDE[type(value)]
    return bytes([code]) + struct.pack(layout, value)


def _long_octets(code: int, content: bytes) -> bytes:
    return struct.pack(">BI", code, len(content)) + content


def _described(value: Described) -> bytes:
    return b"\x00" + encode(value.descriptor) + encode(value.value)


def _opaque(value: Opaque) -> bytes:
    return bytes([value.code]) + value.octets


_WRITERS: dict[type, Callable[..., bytes]] = {
    **{kind: _wide(kind) for kind in _WIDE},
    **{kind: _short(kind) for kind in _NARROW},
    type(None): _null,
    bool: _boolean,
    bytes: _binary,
    bytearray: _binary,
    str: _text,
    Symbol: _symbol,
    UUID: _uuid,
    list: _list,
    dict: _map,
    Array: _array,
    Described: _described,
    Opaque: _opaque,
}
