import pytest

from local.service_bus.addresses import Address, read_address
from local.service_bus.amqp.encode import encode
from local.service_bus.amqp.errors import DecodeError
from local.service_bus.amqp.values import Described, Symbol, Timestamp, UByte, UInt, ULong
from local.service_bus.message import (
    ANNOTATIONS,
    APPLICATION_PROPERTIES,
    BODY,
    DELIVERY_ANNOTATIONS,
    FOOTER,
    HEADER,
    PROPERTIES,
    read_message,
    sections,
    split_batch,
    write_section,
)

_PROPERTIES = write_section(PROPERTIES, ["id-1", None, None, "subject"])
_APPLICATION_PROPERTIES = write_section(APPLICATION_PROPERTIES, {"count": UByte(3)})
_BODY = write_section(BODY, b"one") + write_section(BODY, b"two") + write_section(FOOTER, {Symbol("f"): 1})


def test_a_message_is_read_for_what_the_broker_acts_on() -> None:
    message = read_message(
        write_section(HEADER, [True, UByte(4), UInt(5000)])
        + write_section(DELIVERY_ANNOTATIONS, {Symbol("hop"): 1})
        + write_section(ANNOTATIONS, {Symbol("x-opt-scheduled-enqueue-time"): Timestamp(77)})
        + _PROPERTIES
        + _BODY
    )
    assert (message.durable, message.priority, message.ttl) == (True, UByte(4), 5000)
    assert (message.message_id, message.scheduled_at) == ("id-1", 77)
    assert message.bare == _PROPERTIES + _BODY


def test_a_message_without_anything_but_a_body_is_a_message() -> None:
    message = read_message(write_section(BODY, b"x"))
    assert (message.ttl, message.message_id, message.scheduled_at) == (None, None, None)


def test_the_bare_message_leaves_as_it_came() -> None:
    payload = read_message(_PROPERTIES + _APPLICATION_PROPERTIES + _BODY).encode(
        2, {Symbol("x-opt-sequence-number"): 5}
    )
    written = {code: value for code, value, _ in sections(payload)}
    assert payload.endswith(_PROPERTIES + _APPLICATION_PROPERTIES + _BODY)
    assert written[HEADER] == [None, None, None, None, UInt(2)]
    assert written[ANNOTATIONS] == {"x-opt-sequence-number": 5}


def test_added_application_properties_leave_the_others_their_types() -> None:
    message = read_message(_PROPERTIES + _APPLICATION_PROPERTIES + _BODY).with_application_properties({"why": "so"})
    written = write_section(APPLICATION_PROPERTIES, {"count": UByte(3), "why": "so"})
    assert message.bare == _PROPERTIES + written + _BODY


def test_application_properties_can_be_added_where_there_are_none() -> None:
    message = read_message(_BODY).with_application_properties({"why": "so"})
    assert message.bare == write_section(APPLICATION_PROPERTIES, {"why": "so"}) + _BODY


def test_a_batch_is_the_messages_in_its_data_sections() -> None:
    first, second = write_section(BODY, b"1"), write_section(BODY, b"2")
    assert split_batch(_PROPERTIES + write_section(BODY, first) + write_section(BODY, second)) == [first, second]


@pytest.mark.parametrize(
    "payload",
    [b"\x00", encode("text"), encode(Described(ULong(0x24), [])), encode(Described("data", b"x")), _BODY[:-1]],
)
def test_octets_that_are_no_message_are_refused(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        read_message(payload)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("requests", Address("requests", is_dead=False, takes_requests=False)),
        ("amqps://127.0.0.1:5672/Requests", Address("requests", is_dead=False, takes_requests=False)),
        ("amqps://host/requests/$DeadLetterQueue", Address("requests", is_dead=True, takes_requests=False)),
        ("requests/$management", Address("requests", is_dead=False, takes_requests=True)),
        ("requests/$DeadLetterQueue/$management", Address("requests", is_dead=True, takes_requests=True)),
        ("$cbs", Address("$cbs", is_dead=False, takes_requests=True)),
    ],
)
def test_an_address_names_a_queue_and_what_is_wanted_of_it(text: str, address: Address) -> None:
    assert read_address(text) == address
