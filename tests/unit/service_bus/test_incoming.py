import tracemalloc

from local.service_bus.amqp.performatives import Disposition, Performative, Transfer
from local.service_bus.incoming import IncomingLink
from local.service_bus.settings import MAX_MESSAGE_BYTES


class Said:
    """What the link says to the client."""

    def __init__(self) -> None:
        self.performatives: list[Performative] = []
        self.credits: list[tuple[int, int]] = []

    def send(self, performative: Performative) -> None:
        self.performatives.append(performative)

    def send_flow(self, *, handle: int, delivery_count: int, link_credit: int, drain: bool = False) -> None:
        assert (handle, drain) == (0, False)
        self.credits.append((delivery_count, link_credit))


def _refuse_nothing(_payload: bytes, _message_format: int) -> None:
    pass


def test_a_delivery_without_end_takes_no_more_memory_than_a_message() -> None:
    said = Said()
    link = IncomingLink(said, 0, _refuse_nothing)
    part = b"x" * 60_000
    tracemalloc.start()
    for _ in range(1000):
        link.on_transfer(Transfer(handle=0, delivery_id=7, more=True), part)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * MAX_MESSAGE_BYTES
    link.on_transfer(Transfer(handle=0, delivery_id=7), part)
    (refusal,) = said.performatives
    assert isinstance(refusal, Disposition)
    assert (refusal.first, refusal.settled) == (7, True)
    assert "message-size-exceeded" in repr(refusal.state)


def test_a_delivery_that_is_settled_already_is_not_answered() -> None:
    said = Said()
    link = IncomingLink(said, 0, _refuse_nothing)
    link.on_transfer(Transfer(handle=0, delivery_id=0, settled=True), b"message")
    assert said.performatives == []


def test_credit_is_given_again_before_it_runs_out() -> None:
    said = Said()
    link = IncomingLink(said, 0, _refuse_nothing)
    link.open()
    (first,) = said.credits
    for number in range(first[1]):
        link.on_transfer(Transfer(handle=0, delivery_id=number), b"message")
    assert said.credits == [(0, 500), (250, 500), (500, 500)]
