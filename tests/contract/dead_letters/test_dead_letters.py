"""What every DeadLetters does: on the fake, and on Service Bus's adapter against the local stand-in."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import uuid4

import pytest
from azure.servicebus import ServiceBusClient

from local.supervisor.world import World
from shared.adapters.azure_service_bus import ServiceBusSender
from shared.adapters.service_bus_dead_letters import ServiceBusDeadLetters
from shared.errors import ConfigurationError
from shared.model.events import Message
from shared.ports import DeadLetters
from shared.settings import Endpoint
from shared.testing.fake_clock import FakeClock
from shared.testing.fake_dead_letters import FakeDeadLetters
from shared.testing.fake_message_bus import FakeMessageBus

QUEUE = "contract"
REASON = "TestReason"


@dataclass(frozen=True)
class Came:
    """A message that came out of the queue, and was let go."""

    message_id: str
    body: bytes
    traceparent: str | None


class FakeSide:
    def __init__(self) -> None:
        self.bus = FakeMessageBus(FakeClock(), queues=(QUEUE,))
        self.port: DeadLetters = FakeDeadLetters(self.bus)

    def kill(self, message: Message) -> None:
        self.bus.send(QUEUE, [message])
        delivery = self.bus.receive(QUEUE)
        assert delivery is not None
        self.bus.dead_letter(delivery, REASON)

    def next(self) -> Came | None:
        delivery = self.bus.receive(QUEUE)
        if delivery is None:
            return None
        self.bus.complete(delivery)
        return Came(delivery.message_id, delivery.body, delivery.traceparent)


class RealSide:
    def __init__(self, connection_string: str) -> None:
        self.port: DeadLetters = ServiceBusDeadLetters(Endpoint(connection_string, ""))
        self._sender = ServiceBusSender(Endpoint(connection_string, ""))
        self._open = ExitStack()
        client = self._open.enter_context(ServiceBusClient.from_connection_string(connection_string))
        self._receiver = self._open.enter_context(client.get_queue_receiver(QUEUE))

    def kill(self, message: Message) -> None:
        self._sender.send(QUEUE, [message])
        [received] = self._receiver.receive_messages(1, 8)
        self._receiver.dead_letter_message(received, reason=REASON)

    def next(self) -> Came | None:
        for received in self._receiver.receive_messages(1, 0.5):
            self._receiver.complete_message(received)
            properties = received.application_properties or {}
            trace = properties.get(b"traceparent")
            text = trace.decode() if isinstance(trace, bytes) else None
            return Came(received.message_id or "", b"".join(received.body), text)
        return None

    def close(self) -> None:
        self._open.close()


@pytest.fixture(scope="module")
def real_side(storage_and_bus: World) -> Iterator[RealSide]:
    real = RealSide(storage_and_bus.settings["RCM_SERVICE_BUS"])
    yield real
    real.close()


@pytest.fixture(params=["fake", pytest.param("service_bus", marks=pytest.mark.integration)])
def side(request: pytest.FixtureRequest) -> Iterator[FakeSide | RealSide]:
    if request.param == "fake":
        yield FakeSide()
        return
    real: RealSide = request.getfixturevalue("real_side")
    yield real
    real.port.drop(QUEUE, [letter.sequence_number for letter in real.port.peek(QUEUE)])


def message(text: str = "") -> Message:
    return Message(uuid4().hex, {"type": "contract.v1", "text": text}, traceparent="00-trace-01")


def test_a_dead_letter_shows_what_it_is_and_stays(side: FakeSide | RealSide) -> None:
    sent = message()
    side.kill(sent)
    [letter] = side.port.peek(QUEUE)
    assert (letter.message_id, letter.reason, letter.message_type) == (sent.message_id, REASON, "contract.v1")
    assert side.port.peek(QUEUE) == [letter]


def test_pages_follow_each_other_by_sequence_number(side: FakeSide | RealSide) -> None:
    sent = [message(str(number)) for number in range(5)]
    for one in sent:
        side.kill(one)
    first = side.port.peek(QUEUE, most=2)
    rest = side.port.peek(QUEUE, first[-1].sequence_number, 10)
    assert [letter.message_id for letter in (*first, *rest)] == [one.message_id for one in sent]


def test_a_resubmitted_message_comes_again_though_duplicates_are_dropped(side: FakeSide | RealSide) -> None:
    sent = message("naïve")
    side.kill(sent)
    [letter] = side.port.peek(QUEUE)
    assert side.port.resubmit(QUEUE, [letter.sequence_number]) == 1
    came = side.next()
    assert came is not None
    assert came.message_id == f"{sent.message_id}~{letter.sequence_number}"
    assert (came.body, came.traceparent) == (letter.body, sent.traceparent)
    assert (side.port.peek(QUEUE), side.next()) == ([], None)


def test_only_those_that_were_named_are_resubmitted_or_dropped(side: FakeSide | RealSide) -> None:
    for number in range(4):
        side.kill(message(str(number)))
    letters = side.port.peek(QUEUE)
    assert side.port.resubmit(QUEUE, [letters[1].sequence_number]) == 1
    assert side.port.drop(QUEUE, [letters[2].sequence_number]) == 1
    assert side.port.peek(QUEUE) == [letters[0], letters[3]]
    came = side.next()
    assert came is not None
    assert came.body == letters[1].body
    assert side.next() is None


def test_one_that_is_gone_is_no_fault(side: FakeSide | RealSide) -> None:
    side.kill(message())
    [letter] = side.port.peek(QUEUE)
    assert side.port.drop(QUEUE, [letter.sequence_number]) == 1
    assert side.port.drop(QUEUE, [letter.sequence_number]) == 0
    assert side.port.resubmit(QUEUE, [letter.sequence_number]) == 0


def test_a_message_that_dies_again_can_be_resubmitted_again(side: FakeSide | RealSide) -> None:
    side.kill(message())
    [letter] = side.port.peek(QUEUE)
    side.port.drop(QUEUE, [letter.sequence_number])
    side.kill(Message(f"{letter.message_id}~{letter.sequence_number}", {"type": "contract.v1"}))
    [again] = side.port.peek(QUEUE)
    side.port.resubmit(QUEUE, [again.sequence_number])
    came = side.next()
    assert came is not None
    assert came.message_id == f"{letter.message_id}~{again.sequence_number}"


def test_a_queue_that_is_not_there_is_a_wrong_configuration(side: FakeSide | RealSide) -> None:
    with pytest.raises(ConfigurationError):
        side.port.peek("nowhere")
