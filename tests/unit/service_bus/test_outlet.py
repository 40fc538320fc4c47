from collections.abc import Callable

import pytest

from local.service_bus.entry import Entry
from local.service_bus.message import Message
from local.service_bus.outlet import Outlet
from local.service_bus.queue import Queue
from local.service_bus.settings import QueueSettings


class Taker:
    """Takes as many messages as it has appetite for."""

    def __init__(self, appetite: int, *, is_deleting: bool = False) -> None:
        self.is_deleting = is_deleting
        self.appetite = appetite
        self.taken: list[int] = []

    @property
    def wants_more(self) -> bool:
        return len(self.taken) < self.appetite

    def give(self, entry: Entry) -> None:
        self.taken.append(entry.number)

    def end_of_messages(self) -> None:
        self.appetite = 0


@pytest.fixture
def queue(make_message: Callable[..., Message]) -> Queue:
    queue = Queue("requests", QueueSettings(), lambda _change: None)
    queue.send([make_message() for _ in range(6)], now=0)
    return queue


def test_receivers_take_turns(queue: Queue) -> None:
    outlet, first, second = Outlet(queue, is_dead=False), Taker(9), Taker(2)
    outlet.join(first)
    outlet.join(second)
    outlet.pump(now=0)
    assert (first.taken, second.taken) == ([1, 3, 5, 6], [2, 4])


def test_all_learn_when_there_is_no_more(queue: Queue) -> None:
    outlet, taker = Outlet(queue, is_dead=True), Taker(3)
    outlet.join(taker)
    outlet.pump(now=0)
    assert (taker.taken, taker.appetite) == ([], 0)


def test_a_receiver_that_left_gets_nothing(queue: Queue) -> None:
    outlet, taker = Outlet(queue, is_dead=False), Taker(9)
    outlet.join(taker)
    outlet.leave(taker)
    outlet.pump(now=0)
    assert taker.taken == []


def test_a_deleting_receiver_leaves_nothing_behind(queue: Queue) -> None:
    outlet, taker = Outlet(queue, is_dead=False), Taker(9, is_deleting=True)
    outlet.join(taker)
    outlet.pump(now=0)
    assert taker.taken == [1, 2, 3, 4, 5, 6]
    assert list(queue.peek(is_dead=False, from_number=0, now=0)) == []
