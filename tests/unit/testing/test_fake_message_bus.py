"""What the fake bus does beyond what a test can wait for on a real one."""

from datetime import timedelta

import pytest

from shared.errors import TransientError
from shared.model.events import Message
from shared.testing.fake_clock import FakeClock
from shared.testing.fake_message_bus import Delivery, FakeMessageBus

QUEUE = "ingestion-requests"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bus(clock: FakeClock) -> FakeMessageBus:
    return FakeMessageBus(clock)


def sent(bus: FakeMessageBus, *ids: str) -> None:
    bus.send(QUEUE, [Message(message_id, {"type": "x.v1"}) for message_id in ids])


def received(bus: FakeMessageBus) -> Delivery:
    delivery = bus.receive(QUEUE)
    assert delivery is not None
    return delivery


def test_a_duplicate_passes_once_the_window_has_passed(bus: FakeMessageBus, clock: FakeClock) -> None:
    sent(bus, "a")
    clock.advance(599)
    sent(bus, "a")
    assert len(bus.queues[QUEUE]) == 1
    clock.advance(1)
    sent(bus, "a")
    assert len(bus.queues[QUEUE]) == 2


def test_the_window_outlives_the_message(bus: FakeMessageBus) -> None:
    sent(bus, "a")
    bus.complete(received(bus))
    sent(bus, "a")
    assert bus.receive(QUEUE) is None


def test_a_lost_lock_lets_nothing_be_settled(bus: FakeMessageBus, clock: FakeClock) -> None:
    sent(bus, "a")
    late = received(bus)
    clock.advance(60)
    for settle in (bus.complete, bus.abandon, bus.renew):
        with pytest.raises(TransientError):
            settle(late)
    assert received(bus).delivery_count == 2


def test_a_renewed_lock_holds(bus: FakeMessageBus, clock: FakeClock) -> None:
    sent(bus, "a")
    delivery = received(bus)
    clock.advance(50)
    bus.renew(delivery)
    clock.advance(50)
    bus.complete(delivery)
    assert bus.queues[QUEUE] == []


def test_a_message_can_be_taken_out_of_order(bus: FakeMessageBus) -> None:
    sent(bus, "a", "b", "c")
    second = bus.receive(QUEUE, place=1)
    assert second is not None
    assert second.message_id == "b"
    assert [held.message_id for held in bus.available(QUEUE)] == ["a", "c"]


def test_a_message_set_aside_keeps_its_reason(bus: FakeMessageBus) -> None:
    sent(bus, "a")
    bus.dead_letter(received(bus), "bad_message")
    dead = bus.receive_dead_letter(QUEUE)
    assert dead is not None
    assert (dead.message_id, dead.dead_letter_reason) == ("a", "bad_message")
    assert bus.receive_dead_letter(QUEUE) is None


def test_the_next_change_is_the_next_lock_to_run_out_or_message_to_come_due(
    bus: FakeMessageBus, clock: FakeClock
) -> None:
    assert bus.next_change() is None
    bus.send(QUEUE, [Message("later", {}, not_before=clock.now() + timedelta(hours=1))])
    assert bus.next_change() == clock.now() + timedelta(hours=1)
    sent(bus, "a")
    received(bus)
    assert bus.next_change() == clock.now() + timedelta(minutes=1)
