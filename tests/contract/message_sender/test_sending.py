"""What every MessageSender does, and how the bus behind it delivers.

Runs on the fake, with its own receiving side, and on Service Bus's adapter against the local stand-in, read through the
unmodified SDK. Where the stand-in is laxer than Service Bus: it has no throttling and no quota of a queue's size.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.errors import ConfigurationError, PermanentError
from shared.model.events import Message

QUEUE, ELSEWHERE = "contract", "elsewhere"
SOON = 0.2  # seconds to wait for what must not come


def message(text: str = "", **more: Any) -> Message:
    return Message(uuid4().hex, {"type": "contract.v1", "text": text}, **more)


def test_a_sent_message_arrives_with_its_id_body_and_trace(bus: Any) -> None:
    sent = message("naïve", traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    bus.sender.send(QUEUE, [sent])
    got = bus.get()
    assert got is not None
    assert (got.message_id, got.body, got.traceparent) == (sent.message_id, sent.body, sent.traceparent)
    assert got.delivery_count == 1
    bus.complete(got)


def test_a_second_message_of_one_id_is_dropped_without_a_word(bus: Any) -> None:
    sent = message()
    bus.sender.send(QUEUE, [sent])
    bus.sender.send(QUEUE, [sent, sent])
    got = bus.get()
    assert got is not None
    bus.complete(got)
    bus.sender.send(QUEUE, [sent])
    assert bus.get(wait=SOON) is None


def test_the_same_id_on_another_queue_is_another_message(bus: Any) -> None:
    sent = message()
    bus.sender.send(QUEUE, [sent])
    bus.sender.send(ELSEWHERE, [sent])
    first, second = bus.get(QUEUE), bus.get(ELSEWHERE)
    assert first is not None
    assert second is not None
    assert first.message_id == second.message_id
    bus.complete(first)


def test_a_scheduled_message_comes_when_it_is_due_and_not_before(bus: Any) -> None:
    sent = message(not_before=bus.now() + timedelta(seconds=1.5))
    bus.sender.send(QUEUE, [sent])
    assert bus.get(wait=SOON) is None
    bus.let_pass(1.5)
    got = bus.get()
    assert got is not None
    assert got.message_id == sent.message_id
    bus.complete(got)


def test_a_message_of_the_id_of_a_scheduled_one_is_dropped(bus: Any) -> None:
    sent = message(not_before=bus.now() + timedelta(hours=1))
    bus.sender.send(QUEUE, [sent])
    bus.sender.send(QUEUE, [Message(sent.message_id, sent.body)])
    assert bus.get(wait=SOON) is None


def test_a_message_that_is_due_already_comes_at_once(bus: Any) -> None:
    sent = message(not_before=bus.now() - timedelta(hours=1))
    bus.sender.send(QUEUE, [sent])
    got = bus.get()
    assert got is not None
    bus.complete(got)


def test_many_messages_of_one_call_all_arrive_in_order(bus: Any) -> None:
    sent = [message(f"{number:03d}{'x' * 4_000}") for number in range(150)]
    bus.sender.send(QUEUE, sent)
    for expected in sent:
        got = bus.get()
        assert got is not None
        assert got.message_id == expected.message_id
        bus.complete(got)


def test_sending_nothing_does_nothing(bus: Any) -> None:
    bus.sender.send(QUEUE, [])
    assert bus.get(wait=SOON) is None


def test_a_queue_that_is_not_there_is_a_wrong_configuration(bus: Any) -> None:
    with pytest.raises(ConfigurationError):
        bus.sender.send("nowhere", [message()])


@pytest.mark.parametrize(
    "too_much",
    [lambda: Message("id", {"text": "x" * 9_000}), lambda: Message("i" * 129, {}), lambda: Message("", {})],
    ids=["body", "id", "no id"],
)
def test_a_message_that_is_too_large_is_refused(bus: Any, too_much: Callable[[], Message]) -> None:
    with pytest.raises(PermanentError):
        bus.sender.send(QUEUE, [too_much()])
    assert bus.get(wait=SOON) is None


def test_a_sender_goes_on_after_a_fault(bus: Any) -> None:
    with pytest.raises(ConfigurationError):
        bus.sender.send("nowhere", [message()])
    bus.sender.send(QUEUE, [message()])
    got = bus.get()
    assert got is not None
    bus.complete(got)
