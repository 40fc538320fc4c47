"""The senders under test, each with the other end of its queues."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusReceivedMessage, ServiceBusSubQueue

from local.supervisor.world import World
from shared.adapters.azure_service_bus import ServiceBusSender
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
