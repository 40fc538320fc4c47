"""Where the messages of a queue, or its dead letters, are given out."""

from collections import deque
from typing import Protocol

from local.service_bus.entry import Entry
from local.service_bus.queue import Queue


class Receiver(Protocol):
    """Someone to give messages to."""

    is_deleting: bool

    @property
    def wants_more(self) -> bool:
        """Whether one more message may be given now."""

    def give(self, entry: Entry) -> None:
        """Takes a message, which is locked for this receiver, or gone from the queue if it is deleting."""

    def end_of_messages(self) -> None:
        """Learns that there is nothing more to give for now."""


class Outlet:
    """One end of a queue. Receivers take turns, so that none is starved by another's appetite."""

    def __init__(self, queue: Queue, is_dead: bool) -> None:
        self._queue = queue
        self._is_dead = is_dead
        self._receivers: deque[Receiver] = deque()

    def join(self, receiver: Receiver) -> None:
        """Has the receiver take part from the next pump on."""
        self._receivers.append(receiver)

    def leave(self, receiver: Receiver) -> None:
        """Gives the receiver nothing more; what it holds stays locked for its time."""
        self._receivers.remove(receiver)

    def pump(self, now: int) -> None:
        """Gives out all that is ready and wanted."""
        refusals = 0
        while refusals < len(self._receivers):
            receiver = self._receivers[0]
            self._receivers.rotate(-1)
            refusals = 0 if self._serve(receiver, now) else refusals + 1
        for receiver in self._receivers:
            receiver.end_of_messages()

    def _serve(self, receiver: Receiver, now: int) -> bool:
        if not receiver.wants_more:
            return False
        take = self._queue.remove_next if receiver.is_deleting else self._queue.lock_next
        entry = take(self._is_dead, now)
        if entry is None:
            return False
        receiver.give(entry)
        return True
