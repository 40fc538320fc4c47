import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.service_bus.amqp.encode import encode
from local.service_bus.amqp.errors import DecodeError, FramingError
from local.service_bus.amqp.frames import (
    AMQP_HEADER,
    EMPTY_FRAME,
    MAX_FRAME_BYTES,
    Frame,
    FrameReader,
    ProtocolHeader,
    write_frame,
)
from local.service_bus.amqp.performatives import (
    Flow,
    Open,
    Transfer,
    read_performative,
    write_performative,
)
from local.service_bus.amqp.values import Described, UInt, ULong


@given(st.lists(st.integers(1, 7), min_size=1))
def test_frames_are_cut_the_same_however_they_arrive(steps: list[int]) -> None:
    stream = AMQP_HEADER + write_frame(0, 7, b"body") + EMPTY_FRAME + write_frame(1, 0, b"")
    reader = FrameReader()
    items: list[ProtocolHeader | Frame] = []
    at = 0
    while at < len(stream):
        step = steps[at % len(steps)]
        items += reader.feed(stream[at : at + step])
        at += step
    assert items == [ProtocolHeader(AMQP_HEADER), Frame(0, 7, b"body"), Frame(0, 0, b""), Frame(1, 0, b"")]


def test_the_extended_header_of_a_frame_is_passed_over() -> None:
    assert list(FrameReader().feed(b"\x00\x00\x00\x0d\x03\x00\x00\x02extdX")) == [Frame(0, 2, b"X")]


@pytest.mark.parametrize(
    "header",
    [
        struct.pack(">IBBH", MAX_FRAME_BYTES + 1, 2, 0, 0),
        struct.pack(">IBBH", 2**32 - 1, 2, 0, 0),
        struct.pack(">IBBH", 7, 2, 0, 0),
        struct.pack(">IBBH", 16, 1, 0, 0),
        struct.pack(">IBBH", 16, 5, 0, 0),
    ],
)
def test_what_cannot_be_a_frame_is_refused_at_its_header(header: bytes) -> None:
    with pytest.raises(FramingError):
        list(FrameReader().feed(header))


def test_frames_before_a_broken_one_are_still_given() -> None:
    stream = FrameReader().feed(write_frame(0, 1, b"good") + b"\xff" * 8)
    assert next(stream) == Frame(0, 1, b"good")
    with pytest.raises(FramingError):
        next(stream)


def test_a_performative_comes_back_with_its_payload() -> None:
    transfer = Transfer(handle=3, delivery_id=9, delivery_tag=b"tag", message_format=0, settled=False, more=True)
    assert read_performative(write_performative(transfer) + b"payload") == (transfer, b"payload")


def test_fields_left_out_have_the_defaults_of_the_specification() -> None:
    body = encode(Described(ULong(0x10), ["someone", None, None]))
    assert read_performative(body)[0] == Open(container_id="someone", max_frame_size=0xFFFFFFFF, channel_max=0xFFFF)


def test_fields_without_use_are_passed_over() -> None:
    fields = ["someone", "host", UInt(512), None, None, None, None, None, None, {"product": "sdk"}]
    assert read_performative(encode(Described(ULong(0x10), fields)))[0] == Open(
        container_id="someone", hostname="host", max_frame_size=512
    )


def test_fields_left_out_at_the_end_are_not_written() -> None:
    flow = Flow(incoming_window=1, next_outgoing_id=0, outgoing_window=1, drain=False, echo=False)
    assert write_performative(flow) == encode(
        Described(ULong(0x13), [None, UInt(1), UInt(0), UInt(1), None, None, None, None, False, False])
    )


@pytest.mark.parametrize(
    "value",
    [
        "no performative",
        Described(ULong(0x10), {"container": "someone"}),
        Described(ULong(0x99), []),
        Described([1], []),
        Described(ULong(0x10), []),
        Described(ULong(0x10), [b"someone"]),
        Described(ULong(0x10), ["someone", None, "512"]),
        Described(ULong(0x10), ["someone", None, True]),
    ],
)
def test_a_body_that_is_no_performative_is_refused(value: object) -> None:
    with pytest.raises(DecodeError):
        read_performative(encode(value))
