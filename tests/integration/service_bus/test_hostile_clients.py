import random
import socket
import struct
from collections.abc import Callable, Iterator

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusReceiver, ServiceBusSender

from local.service_bus.amqp.encode import encode
from local.service_bus.amqp.frames import AMQP_FRAME, AMQP_HEADER, EMPTY_FRAME, Frame, FrameReader, write_frame
from local.service_bus.amqp.outcomes import ACCEPTED, RELEASED_CODE
from local.service_bus.amqp.performatives import (
    Attach,
    Begin,
    Close,
    Detach,
    Disposition,
    Flow,
    Open,
    Performative,
    Transfer,
    read_performative,
    write_performative,
)
from local.service_bus.amqp.values import Described, UInt, ULong
from local.service_bus.message import BODY, write_section
from local.service_bus.server import ServiceBusServer

pytestmark = pytest.mark.integration

_WINDOW = 100_000


class Peer:
    """A client that speaks AMQP frame by frame and may say anything."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(5)
        # Little room on this side, so that what a late reader does not take stays with the broker.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._socket.connect(("127.0.0.1", port))
        self._reader = FrameReader(1024 * 1024)
        self._frames: list[tuple[Performative, bytes]] = []

    def say(self, octets: bytes) -> None:
        self._socket.sendall(octets)

    def send(self, performative: Performative, payload: bytes = b"") -> None:
        self.say(write_frame(AMQP_FRAME, 0, write_performative(performative) + payload))

    def hear[Kind: Performative](self, kind: type[Kind]) -> tuple[Kind, bytes]:
        """The next performative of a kind, with its payload; those before it are passed over."""
        while True:
            while self._frames:
                performative, payload = self._frames.pop(0)
                if isinstance(performative, kind):
                    return performative, payload
            octets = self._socket.recv(65536)
            assert octets, "the broker closed the connection"
            items = list(self._reader.feed(octets))
            self._frames += [read_performative(item.body) for item in items if isinstance(item, Frame) and item.body]

    def hears_no_transfer(self, received: int) -> bool:
        """Whether the broker keeps to a window that is full; asks for a sign, and sees what comes before it."""
        self.send(Flow(next_incoming_id=received, incoming_window=0, next_outgoing_id=0, outgoing_window=0, echo=True))
        performative, _ = self.hear(Performative)
        return isinstance(performative, Flow)

    def hear_octets(self, octets: bytes) -> bool:
        heard = b""
        while octets not in heard:
            heard += self._socket.recv(65536)
        return True

    def is_let_go(self) -> bool:
        while self._socket.recv(65536):
            pass
        return True

    def open(self, incoming_window: int = _WINDOW, max_frame_size: int = 65536) -> None:
        self.say(AMQP_HEADER)
        self.send(Open(container_id="peer", max_frame_size=max_frame_size))
        self.send(Begin(next_outgoing_id=0, incoming_window=incoming_window, outgoing_window=_WINDOW))
        self.hear(Begin)

    def attach(self, queue: str, *, receives: bool) -> None:
        source, target = (Described(ULong(code), [queue]) for code in (0x28, 0x29))
        self.send(Attach(name="link", handle=0, role=receives, source=source, target=target))
        self.hear(Attach)

    def flow(self, credit: int, *, received: int = 0, incoming_window: int = _WINDOW, drain: bool = False) -> None:
        self.send(
            Flow(
                next_incoming_id=received,
                incoming_window=incoming_window,
                next_outgoing_id=0,
                outgoing_window=_WINDOW,
                handle=0,
                delivery_count=received,
                link_credit=credit,
                drain=drain,
            )
        )

    def settle(self, first: int, last: int, outcome: Described) -> tuple[int, int | None, str]:
        """The answer to an unsettled disposition: the range, and the condition of a refusal or else nothing."""
        self.send(Disposition(role=True, first=first, last=last, settled=False, state=outcome))
        return _answer(self.hear(Disposition)[0])

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def peer(broker: ServiceBusServer) -> Iterator[Peer]:
    peer = Peer(broker.port)
    yield peer
    peer.close()


@pytest.fixture
def connect(broker: ServiceBusServer) -> Callable[[], Peer]:
    return lambda: Peer(broker.port)


def _condition(error: object) -> str:
    assert isinstance(error, Described)
    assert isinstance(error.value, list)
    return str(error.value[0])


def _answer(disposition: Disposition) -> tuple[int, int | None, str]:
    assert disposition.settled
    assert disposition.state is not None
    assert isinstance(disposition.state.value, list)
    told = disposition.state.value
    return disposition.first, disposition.last, _condition(told[0]) if told else ""


@pytest.mark.parametrize("header", [b"GET / HT", b"AMQP\x02\x01\x00\x00", b"AMQP\x00\x00\x09\x01"])
def test_another_protocol_is_not_spoken(peer: Peer, header: bytes) -> None:
    peer.say(header)
    assert peer.is_let_go()


def test_a_frame_before_the_opening_ends_the_connection(peer: Peer) -> None:
    peer.say(AMQP_HEADER)
    peer.send(Begin(next_outgoing_id=0, incoming_window=1, outgoing_window=1))
    assert peer.is_let_go()


@pytest.mark.parametrize(
    ("octets", "condition"),
    [
        (struct.pack(">IBBH", 2**31, 2, 0, 0), "amqp:connection:framing-error"),
        (struct.pack(">IBBH", 8, 9, 0, 0), "amqp:connection:framing-error"),
        (write_frame(AMQP_FRAME, 0, b"\xff\xff"), "amqp:decode-error"),
        (write_frame(AMQP_FRAME, 0, b"\x00" * 3000), "amqp:decode-error"),
        (write_frame(AMQP_FRAME, 0, encode(Described(ULong(0x12), [1, 2, 3]))), "amqp:decode-error"),
        (write_frame(AMQP_FRAME, 0, encode(Described(ULong(0x14), [UInt(7)]))), "amqp:session:unattached-handle"),
        (write_frame(1, 0, encode(Described(ULong(0x44), [None]))), "amqp:decode-error"),
        (write_frame(AMQP_FRAME, 0, encode(Described(ULong(0x10), ["again"]))), "amqp:illegal-state"),
    ],
)
def test_what_is_malformed_ends_the_connection_with_the_error_that_says_so(
    peer: Peer, octets: bytes, condition: str
) -> None:
    peer.open()
    peer.say(octets)
    assert _condition(peer.hear(Close)[0].error) == condition
    assert peer.is_let_go()


def test_a_link_without_an_address_is_refused_and_the_connection_goes_on(peer: Peer, queue: str) -> None:
    peer.open()
    peer.send(Attach(name="link", handle=1, role=False, source=None, target=None))
    assert _condition(peer.hear(Detach)[0].error) == "amqp:not-implemented"
    peer.attach(queue, receives=False)


def test_octets_that_are_no_message_are_refused_and_the_link_goes_on(peer: Peer, queue: str) -> None:
    peer.open()
    peer.attach(queue, receives=False)
    peer.send(Transfer(handle=0, delivery_id=0, delivery_tag=b"0"), b"no message")
    assert _answer(peer.hear(Disposition)[0]) == (0, None, "amqp:decode-error")
    peer.send(Transfer(handle=0, delivery_id=1, delivery_tag=b"1"), write_section(BODY, b"message"))
    assert _answer(peer.hear(Disposition)[0]) == (1, None, "")


def test_a_delivery_without_end_is_counted_and_not_kept(peer: Peer, queue: str) -> None:
    peer.open()
    peer.attach(queue, receives=False)
    for part in range(100):
        peer.send(Transfer(handle=0, delivery_id=0, delivery_tag=b"0", more=part < 99), b"x" * 60_000)
    assert _answer(peer.hear(Disposition)[0]) == (0, None, "amqp:link:message-size-exceeded")


def test_an_aborted_delivery_was_never_there(peer: Peer, queue: str, receiver: ServiceBusReceiver) -> None:
    peer.open()
    peer.attach(queue, receives=False)
    peer.send(Transfer(handle=0, delivery_id=0, delivery_tag=b"0", more=True), write_section(BODY, b"half"))
    peer.send(Transfer(handle=0, delivery_id=0, aborted=True))
    peer.send(Transfer(handle=0, delivery_id=1, delivery_tag=b"1"), write_section(BODY, b"whole"))
    assert _answer(peer.hear(Disposition)[0]) == (1, None, "")
    assert [str(message) for message in receiver.peek_messages(9)] == ["whole"]


def test_the_window_for_frames_is_opened_again_before_it_is_full(peer: Peer, queue: str) -> None:
    peer.open()
    peer.attach(queue, receives=False)
    peer.hear(Flow)
    for _ in range(2500):
        peer.send(Transfer(handle=0, delivery_id=0, delivery_tag=b"0", more=True), b"x")
    flow, _ = peer.hear(Flow)
    assert (flow.handle, flow.next_incoming_id, flow.incoming_window) == (None, 2500, 5000)


def test_a_peer_of_small_frames_gets_messages_in_parts(peer: Peer, queue: str, sender: ServiceBusSender) -> None:
    sender.send_messages(ServiceBusMessage(b"x" * 5000))
    peer.open(max_frame_size=512)
    peer.attach(queue, receives=True)
    peer.flow(1)
    parts: list[tuple[Transfer, bytes]] = []
    while not parts or parts[-1][0].more:
        parts.append(peer.hear(Transfer))
    payload = b"".join(part for _, part in parts)
    assert max(len(write_performative(transfer) + part) for transfer, part in parts) <= 504
    assert payload.endswith(write_section(BODY, b"x" * 5000))


def test_no_more_is_sent_than_the_window_and_the_credit_allow(peer: Peer, queue: str, sender: ServiceBusSender) -> None:
    sender.send_messages([ServiceBusMessage(str(number)) for number in range(5)])
    peer.open(incoming_window=2)
    peer.attach(queue, receives=True)
    peer.flow(4, incoming_window=2, drain=True)
    assert [peer.hear(Transfer)[0].delivery_id for _ in range(2)] == [0, 1]
    assert peer.hears_no_transfer(received=2)
    peer.flow(2, received=2, incoming_window=2, drain=True)
    assert [peer.hear(Transfer)[0].delivery_id for _ in range(2)] == [2, 3]
    assert peer.hears_no_transfer(received=4)
    peer.flow(2, received=4, drain=True)
    assert peer.hear(Transfer)[0].delivery_id == 4
    drained, _ = peer.hear(Flow)
    assert (drained.delivery_count, drained.link_credit, drained.drain) == (6, 0, True)


def test_many_deliveries_are_settled_in_one_go_and_only_once(peer: Peer, queue: str, sender: ServiceBusSender) -> None:
    sender.send_messages([ServiceBusMessage(str(number)) for number in range(3)])
    peer.open()
    peer.attach(queue, receives=True)
    peer.flow(3)
    assert [peer.hear(Transfer)[0].delivery_id for _ in range(3)] == [0, 1, 2]
    assert peer.settle(0, 1, ACCEPTED) == (0, None, "")
    assert _answer(peer.hear(Disposition)[0]) == (1, None, "")
    assert peer.settle(0, 1, ACCEPTED) == (0, 1, "com.microsoft:message-lock-lost")
    assert peer.settle(2, 2**32 - 1, Described(ULong(RELEASED_CODE), [])) == (2, None, "")


def test_a_peer_that_wants_signs_of_life_gets_them(peer: Peer) -> None:
    peer.say(AMQP_HEADER)
    peer.send(Open(container_id="peer", idle_time_out=100))
    assert peer.hear_octets(EMPTY_FRAME * 2)


def test_what_a_peer_asks_for_and_does_not_read_stays_for_others(
    peer: Peer, queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    for _ in range(80):
        sender.send_messages(ServiceBusMessage(b"x" * 200_000))
    peer.open()
    peer.attach(queue, receives=True)
    peer.flow(2**31)
    deliveries = {peer.hear(Transfer)[0].delivery_id}
    (message,) = receiver.receive_messages()
    receiver.complete_message(message)
    while len(deliveries) < 79:
        deliveries.add(peer.hear(Transfer)[0].delivery_id)
    assert deliveries == set(range(79))


def test_no_octets_stop_the_broker(
    connect: Callable[[], Peer],
    queue: str,
    sender: ServiceBusSender,
    receiver: ServiceBusReceiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    draw = random.Random(20261122)
    source, target = (Described(ULong(code), [queue]) for code in (0x28, 0x29))
    performatives = [
        Attach(name="other", handle=1, role=True, source=source, target=target),
        Flow(incoming_window=1, next_outgoing_id=0, outgoing_window=1, handle=0, link_credit=9),
        Transfer(handle=0, delivery_id=0, delivery_tag=b"0", more=True),
        Disposition(role=True, first=0, last=3, state=ACCEPTED),
        Detach(handle=0),
    ]
    for _ in range(100):
        peer = connect()
        peer.open()
        peer.attach(queue, receives=False)
        body = bytearray(write_performative(draw.choice(performatives)))
        for _ in range(draw.randint(1, 4)):
            body[draw.randrange(len(body))] = draw.randrange(256)
        peer.say(write_frame(draw.choice([0, 0, 0, 1]), 0, bytes(body)) + draw.randbytes(draw.choice([0, 40])))
        peer.close()
    sender.send_messages(ServiceBusMessage("still here"))
    assert [str(message) for message in receiver.receive_messages()] == ["still here"]
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []
