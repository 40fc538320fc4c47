"""How the bus behind a sender delivers: the fake's own far side, and the local stand-in read through the real SDK."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared.model.events import Message

QUEUE = "contract"
MOST_DELIVERIES = 3
LOCK = timedelta(seconds=2)
SOON = 0.2  # seconds to wait for what must not come


def message() -> Message:
    return Message(uuid4().hex, {"type": "contract.v1"})


def test_an_abandoned_message_comes_again_and_is_counted(bus: Any) -> None:
    bus.sender.send(QUEUE, [message()])
    first = bus.get()
    assert first is not None
    bus.abandon(first)
    second = bus.get()
    assert second is not None
    assert (second.message_id, second.delivery_count) == (first.message_id, 2)
    bus.complete(second)


def test_a_message_whose_lock_ran_out_comes_again_and_is_counted(bus: Any) -> None:
    bus.sender.send(QUEUE, [message()])
    first = bus.get()
    assert first is not None
    assert bus.get(wait=SOON) is None
    bus.let_pass(LOCK.total_seconds())
    second = bus.get()
    assert second is not None
    assert (second.message_id, second.delivery_count) == (first.message_id, 2)
    bus.complete(second)


def test_a_message_goes_to_the_dead_letters_after_its_last_delivery(bus: Any) -> None:
    sent = message()
    bus.sender.send(QUEUE, [sent])
    for _ in range(MOST_DELIVERIES):
        got = bus.get()
        assert got is not None
        bus.abandon(got)
    assert bus.get(wait=SOON) is None
    assert bus.get_dead() == sent.message_id
