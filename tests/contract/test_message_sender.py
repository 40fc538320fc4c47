"""What every MessageSender does, and how the bus behind it delivers.

Runs on the fake, with its own receiving side, and on Service Bus's adapter against the local stand-in, read through the
unmodified SDK. Where the stand-in is laxer than Service Bus: it has no throttling and no quota of a queue's size.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusReceivedMessage, ServiceBusSubQueue

from local.supervisor.world import World
from shared.adapters.azure_service_bus import ServiceBusSender
from shared.errors import ConfigurationError, PermanentError
from shared.model.events import Message
from shared.ports import MessageSender
from shared.settings import Endpoint
from shared.testing.fake_clock import FakeClock
from shared.testing.fake_message_bus import Delivery, FakeMessageBus

QUEUE, ELSEWHERE = "contract", "elsewhere"
MOST_DELIVERIES = 3
LOCK = timedelta(seconds=2)
SOON, PATIENCE = 0.2, 8.0  # seconds to wait for what must not come, and for what must


@dataclass(frozen=True)
class Got:
    """A delivered message; `handle` is what the bus knows it by."""

    message_id: str
    body: Mapping[str, Any]
    delivery_count: int
    traceparent: str | None
    handle: Any


class Bus(Protocol):
    """The sender under test and the other end of its queues."""

    sender: MessageSender

    def now(self) -> datetime: ...
    def get(self, queue: str = QUEUE, wait: float = PATIENCE) -> Got | None: ...
    def get_dead(self) -> str | None: ...
    def complete(self, got: Got) -> None: ...
    def abandon(self, got: Got) -> None: ...
    def let_pass(self, seconds: float) -> None: ...


class FakeBus:
    def __init__(self) -> None:
        self.clock = FakeClock()
        bus = FakeMessageBus(self.clock, queues=(QUEUE, ELSEWHERE), lock=LOCK, most_deliveries=MOST_DELIVERIES)
        self.sender: MessageSender = bus
        self.bus = bus

    def now(self) -> datetime:
        return self.clock.now()

    def get(self, queue: str = QUEUE, wait: float = PATIENCE) -> Got | None:
        if wait < PATIENCE:
            self.clock.advance(wait)
        got = self.bus.receive(queue)
        return Got(got.message_id, got.json(), got.delivery_count, got.traceparent, got) if got else None

    def get_dead(self) -> str | None:
        dead = self.bus.receive_dead_letter(QUEUE)
        return dead.message_id if dead else None

    def complete(self, got: Got) -> None:
        assert isinstance(got.handle, Delivery)
        self.bus.complete(got.handle)

    def abandon(self, got: Got) -> None:
        self.bus.abandon(got.handle)

    def let_pass(self, seconds: float) -> None:
        self.clock.advance(seconds)


class RealBus:
    def __init__(self, connection_string: str) -> None:
        self.sender: MessageSender = ServiceBusSender(Endpoint(connection_string, ""))
        self._open = ExitStack()
        client = self._open.enter_context(ServiceBusClient.from_connection_string(connection_string))
        receivers = {queue: client.get_queue_receiver(queue) for queue in (QUEUE, ELSEWHERE)}
        self._receivers = {queue: self._open.enter_context(receiver) for queue, receiver in receivers.items()}
        dead = client.get_queue_receiver(QUEUE, sub_queue=ServiceBusSubQueue.DEAD_LETTER)
        self._dead = self._open.enter_context(dead)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def get(self, queue: str = QUEUE, wait: float = PATIENCE) -> Got | None:
        received = self._receivers[queue].receive_messages(1, wait)
        return _got(received[0]) if received else None

    def get_dead(self) -> str | None:
        received = self._dead.receive_messages(1, PATIENCE)
        for message in received:
            self._dead.complete_message(message)
        return received[0].message_id if received else None

    def complete(self, got: Got) -> None:
        self._receivers[QUEUE].complete_message(got.handle)

    def abandon(self, got: Got) -> None:
        self._receivers[QUEUE].abandon_message(got.handle)

    def let_pass(self, seconds: float) -> None:
        """Receiving waits by itself until the time has come."""

    def close(self) -> None:
        self._open.close()


def _got(message: ServiceBusReceivedMessage) -> Got:
    body = json.loads(b"".join(message.body))
    properties: dict[Any, Any] = message.application_properties or {}
    assert message.content_type == "application/json"
    count = (message.delivery_count or 0) + 1
    return Got(str(message.message_id), body, count, _text(properties.get(b"traceparent")), message)


def _text(encoded: bytes | None) -> str | None:
    return encoded.decode() if encoded else None


@pytest.fixture(scope="session")
def real_bus(storage_and_bus: World) -> Iterator[RealBus]:
    bus = RealBus(storage_and_bus.settings["RCM_SERVICE_BUS"])
    yield bus
    bus.close()


@pytest.fixture(params=["fake", pytest.param("service_bus", marks=pytest.mark.integration)])
def bus(request: pytest.FixtureRequest) -> Bus:
    if request.param == "fake":
        return FakeBus()
    real: RealBus = request.getfixturevalue("real_bus")
    return real


def message(text: str = "", **more: Any) -> Message:
    return Message(uuid4().hex, {"type": "contract.v1", "text": text}, **more)


def test_a_sent_message_arrives_with_its_id_body_and_trace(bus: Bus) -> None:
    sent = message("naïve", traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    bus.sender.send(QUEUE, [sent])
    got = bus.get()
    assert got is not None
    assert (got.message_id, got.body, got.traceparent) == (sent.message_id, sent.body, sent.traceparent)
    assert got.delivery_count == 1
    bus.complete(got)


def test_a_second_message_of_one_id_is_dropped_without_a_word(bus: Bus) -> None:
    sent = message()
    bus.sender.send(QUEUE, [sent])
    bus.sender.send(QUEUE, [sent, sent])
    got = bus.get()
    assert got is not None
    bus.complete(got)
    bus.sender.send(QUEUE, [sent])
    assert bus.get(wait=SOON) is None


def test_the_same_id_on_another_queue_is_another_message(bus: Bus) -> None:
    sent = message()
    bus.sender.send(QUEUE, [sent])
    bus.sender.send(ELSEWHERE, [sent])
    first, second = bus.get(QUEUE), bus.get(ELSEWHERE)
    assert first is not None
    assert second is not None
    assert first.message_id == second.message_id
    bus.complete(first)


def test_a_scheduled_message_comes_when_it_is_due_and_not_before(bus: Bus) -> None:
    sent = message(not_before=bus.now() + timedelta(seconds=1.5))
    bus.sender.send(QUEUE, [sent])
    assert bus.get(wait=SOON) is None
    bus.let_pass(1.5)
    got = bus.get()
    assert got is not None
    assert got.message_id == sent.message_id
    bus.complete(got)


def test_a_message_of_the_id_of_a_scheduled_one_is_dropped(bus: Bus) -> None:
    sent = message(not_before=bus.now() + timedelta(hours=1))
    bus.sender.send(QUEUE, [sent])
    bus.sender.send(QUEUE, [Message(sent.message_id, sent.body)])
    assert bus.get(wait=SOON) is None


def test_a_message_that_is_due_already_comes_at_once(bus: Bus) -> None:
    sent = message(not_before=bus.now() - timedelta(hours=1))
    bus.sender.send(QUEUE, [sent])
    got = bus.get()
    assert got is not None
    bus.complete(got)


def test_many_messages_of_one_call_all_arrive_in_order(bus: Bus) -> None:
    sent = [message(f"{number:03d}{'x' * 4_000}") for number in range(150)]
    bus.sender.send(QUEUE, sent)
    for expected in sent:
        got = bus.get()
        assert got is not None
        assert got.message_id == expected.message_id
        bus.complete(got)


def test_sending_nothing_does_nothing(bus: Bus) -> None:
    bus.sender.send(QUEUE, [])
    assert bus.get(wait=SOON) is None


def test_an_abandoned_message_comes_again_and_is_counted(bus: Bus) -> None:
    bus.sender.send(QUEUE, [message()])
    first = bus.get()
    assert first is not None
    bus.abandon(first)
    second = bus.get()
    assert second is not None
    assert (second.message_id, second.delivery_count) == (first.message_id, 2)
    bus.complete(second)


def test_a_message_whose_lock_ran_out_comes_again_and_is_counted(bus: Bus) -> None:
    bus.sender.send(QUEUE, [message()])
    first = bus.get()
    assert first is not None
    assert bus.get(wait=SOON) is None
    bus.let_pass(LOCK.total_seconds())
    second = bus.get()
    assert second is not None
    assert (second.message_id, second.delivery_count) == (first.message_id, 2)
    bus.complete(second)


def test_a_message_goes_to_the_dead_letters_after_its_last_delivery(bus: Bus) -> None:
    sent = message()
    bus.sender.send(QUEUE, [sent])
    for _ in range(MOST_DELIVERIES):
        got = bus.get()
        assert got is not None
        bus.abandon(got)
    assert bus.get(wait=SOON) is None
    assert bus.get_dead() == sent.message_id


def test_a_queue_that_is_not_there_is_a_wrong_configuration(bus: Bus) -> None:
    with pytest.raises(ConfigurationError):
        bus.sender.send("nowhere", [message()])


@pytest.mark.parametrize(
    "too_much",
    [lambda: Message("id", {"text": "x" * 9_000}), lambda: Message("i" * 129, {}), lambda: Message("", {})],
    ids=["body", "id", "no id"],
)
def test_a_message_that_is_too_large_is_refused(bus: Bus, too_much: Callable[[], Message]) -> None:
    with pytest.raises(PermanentError):
        bus.sender.send(QUEUE, [too_much()])
    assert bus.get(wait=SOON) is None


def test_a_sender_goes_on_after_a_fault(bus: Bus) -> None:
    with pytest.raises(ConfigurationError):
        bus.sender.send("nowhere", [message()])
    bus.sender.send(QUEUE, [message()])
    got = bus.get()
    assert got is not None
    bus.complete(got)
