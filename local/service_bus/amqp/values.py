"""The types of AMQP 1.0 (part 1 of the specification) that Python has none of its own for.

Python's own stand for the rest: None for null, bool for boolean, int for long, float for double, str for string,
bytes for binary, UUID for uuid, list for list and dict for map. What is decoded keeps its type when it is encoded
again, so a broker may pass on what it does not understand.
"""

from dataclasses import dataclass

type Value = object


class UByte(int):
    """An unsigned integer of 8 bits."""


class UShort(int):
    """An unsigned integer of 16 bits."""


class UInt(int):
    """An unsigned integer of 32 bits."""


class ULong(int):
    """An unsigned integer of 64 bits."""


class Byte(int):
    """A signed integer of 8 bits."""


class Short(int):
    """A signed integer of 16 bits."""


class Int(int):
    """A signed integer of 32 bits; a plain int is one of 64."""


class Float(float):
    """A floating point number of 32 bits; a plain float is one of 64."""


class Timestamp(int):
    """Milliseconds since the Unix epoch, UTC."""


class Symbol(str):
    """A word of some vocabulary, in ASCII."""

    __slots__ = ()


class Array(list[Value]):
    """Values of one and the same type."""


@dataclass(frozen=True, slots=True)
class Described:
    """A value with a descriptor that says what it means."""

    descriptor: Value
    value: Value


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that is carried and not looked into: its constructor code and the octets after it."""

    code: int
    octets: bytes
