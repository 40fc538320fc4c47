import struct
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.service_bus.amqp.decode import MAX_DEPTH, decode
from local.service_bus.amqp.encode import encode
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

_INTEGERS: dict[type, tuple[int, int]] = {
    UByte: (0, 2**8 - 1),
    UShort: (0, 2**16 - 1),
    UInt: (0, 2**32 - 1),
    ULong: (0, 2**64 - 1),
    Byte: (-(2**7), 2**7 - 1),
    Short: (-(2**15), 2**15 - 1),
    Int: (-(2**31), 2**31 - 1),
    int: (-(2**63), 2**63 - 1),
    Timestamp: (-(2**63), 2**63 - 1),
}
_NUMBERS = [st.integers(*bounds).map(kind) for kind, bounds in _INTEGERS.items()]
_ELEMENTS = [
    *_NUMBERS,
    st.floats(allow_nan=False),
    st.floats(allow_nan=False, width=32).map(Float),
    st.booleans(),
    st.binary(max_size=300),
    st.text(max_size=300),
    st.text(st.characters(codec="ascii"), max_size=300).map(Symbol),
    st.uuids(),
]
_SCALARS = st.one_of(*_ELEMENTS, st.none(), st.binary(min_size=16, max_size=16).map(lambda each: Opaque(0x94, each)))
_ARRAYS = st.one_of(*(st.lists(each, max_size=300).map(Array) for each in _ELEMENTS))
_VALUES: st.SearchStrategy[Value] = st.recursive(
    st.one_of(_SCALARS, _ARRAYS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=8),
        st.dictionaries(st.text(max_size=20), inner, max_size=8),
        st.builds(Described, st.one_of(*_NUMBERS), inner),
    ),
    max_leaves=20,
)


def _typed(value: Value) -> object:
    """The value with the type of every part, which plain equality of numbers does not see."""
    if isinstance(value, list):
        return type(value), [_typed(each) for each in value]
    if isinstance(value, dict):
        return dict, [(_typed(key), _typed(each)) for key, each in value.items()]
    if isinstance(value, Described):
        return Described, _typed(value.descriptor), _typed(value.value)
    return type(value), value


@given(_VALUES)
def test_every_value_comes_back_with_its_type(value: Value) -> None:
    octets = encode(value)
    decoded, end = decode(octets)
    assert (_typed(decoded), end) == (_typed(value), len(octets))


@given(_VALUES)
def test_what_was_decoded_is_encoded_to_the_same_octets(value: Value) -> None:
    octets = encode(value)
    assert encode(decode(octets)[0]) == octets


@given(_VALUES.filter(lambda value: len(encode(value)) > 1), st.data())
def test_a_truncated_value_is_refused(value: Value, choice: st.DataObject) -> None:
    octets = encode(value)
    cut = choice.draw(st.integers(0, len(octets) - 1))
    with pytest.raises(DecodeError):
        decode(octets[:cut])


@given(st.binary(max_size=200))
def test_octets_of_any_kind_are_decoded_or_refused(octets: bytes) -> None:
    try:
        _, end = decode(octets)
    except DecodeError:
        return
    assert 0 < end <= len(octets)


def test_small_numbers_take_one_octet_and_zero_takes_none() -> None:
    assert encode(UInt(0)) == b"\x52\x00"
    assert encode(ULong(0x14)) == b"\x53\x14"
    assert encode([]) == b"\x45"
    assert decode(b"\x43") == (UInt(0), 1)
    assert decode(b"\x44") == (ULong(0), 1)


def test_an_empty_array_is_written_as_the_sdk_reads_it_without_a_constructor() -> None:
    assert encode(Array()) == b"\xe0\x01\x00"


def test_an_array_of_lists_is_carried_as_it_came() -> None:
    octets = b"\xe0\x06\x02\xc0\x01\x00\x01\x00"
    value, end = decode(octets)
    assert value == Opaque(0xE0, octets[1:])
    assert end == len(octets)
    assert encode(value) == octets


@pytest.mark.parametrize("constructor", [0xD0, 0xD1, 0xF0])
def test_a_count_beyond_the_octets_is_refused_before_it_takes_memory(constructor: int) -> None:
    with pytest.raises(DecodeError):
        decode(struct.pack(">BIIB", constructor, 5, 2**32 - 1, 0x40))


def test_nesting_beyond_the_limit_is_refused() -> None:
    value: Value = None
    for _ in range(MAX_DEPTH + 1):
        value = [value]
    with pytest.raises(DecodeError, match="nested"):
        decode(encode(value))


def test_a_map_with_a_compound_key_is_refused() -> None:
    with pytest.raises(DecodeError, match="key"):
        decode(b"\xc1\x03\x02\x45\x40")


def test_values_without_an_amqp_type_are_not_encoded() -> None:
    for value in (object(), {1, 2}, Array([1, "a"])):
        with pytest.raises(TypeError):
            encode(value)


def test_a_uuid_is_written_in_network_order() -> None:
    token = UUID("00112233-4455-6677-8899-aabbccddeeff")
    assert encode(token) == b"\x98" + bytes.fromhex("00112233445566778899aabbccddeeff")
