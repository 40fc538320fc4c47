from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from local.service_bus.amqp.values import Symbol, Timestamp, UInt, Value
from local.service_bus.changes import Change, Remembered, change_from_json, change_to_json
from local.service_bus.entry import Entry
from local.service_bus.message import ANNOTATIONS, HEADER, PROPERTIES, Message, read_message, write_section
from local.service_bus.queue import Queue
from local.service_bus.settings import QueueSettings

_WINDOW = 3000
_SETTINGS = QueueSettings(lock_seconds=1, max_delivery_count=2, duplicate_window_seconds=3)


class QueueAndJournal(RuleBasedStateMachine):
    """Whatever is done to a queue, its changes make the same queue again, and no message is in two places."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.journal: list[Change] = []
        self.queue = self._start()
        self.held: list[Entry] = []
        self.accepted: set[str] = set()
        self.done: set[str] = set()
        self.next_id = 0

    def _start(self) -> Queue:
        queue = Queue("requests", _SETTINGS, lambda change: self.journal.append(_through_json(change)))
        for change in self.journal:
            queue.replay(change)
        return queue

    @rule(delay=st.sampled_from([None, 500, 5000]), ttl=st.sampled_from([None, 1500]))
    def send(self, delay: int | None, ttl: int | None) -> None:
        self.next_id += 1
        message_id = f"message-{self.next_id}"
        self.queue.send([_message(message_id, None if delay is None else self.now + delay, ttl)], self.now)
        self.accepted.add(message_id)

    @precondition(lambda self: self.accepted)
    @rule(index=st.integers(0, 99))
    def send_again(self, index: int) -> None:
        message_id = sorted(self.accepted)[index % len(self.accepted)]
        if any(isinstance(each, Remembered) and each.message_id == message_id for each in self._snapshot(self.queue)):
            self.queue.send([_message(message_id, None, None)], self.now)

    @rule(is_dead=st.booleans())
    def receive(self, is_dead: bool) -> None:
        entry = self.queue.lock_next(is_dead, self.now)
        if entry is not None:
            self.held.append(entry)

    @rule()
    def delete(self) -> None:
        entry = self.queue.remove_next(is_dead=False, now=self.now)
        if entry is not None:
            self._finish(entry)

    @precondition(lambda self: self.held)
    @rule(settle=st.sampled_from(["complete", "abandon", "defer", "release", "dead_letter"]), index=st.integers(0, 9))
    def settle(self, settle: str, index: int) -> None:
        self.queue.tick(self.now)
        entry = self.held.pop(index % len(self.held))
        if entry.lock is None or (settle == "dead_letter" and entry.is_dead):
            return
        extra = ["reason", None] if settle == "dead_letter" else []
        getattr(self.queue, settle)(entry.lock.token, *extra, self.now)
        if settle == "complete":
            self._finish(entry)

    @rule(milliseconds=st.sampled_from([1, 400, 1100, 6000]))
    def wait(self, milliseconds: int) -> None:
        self.now += milliseconds
        self.queue.tick(self.now)

    @rule()
    def restart(self) -> None:
        self.queue = self._start()
        self.held.clear()

    @rule()
    def rewrite(self) -> None:
        self.journal = [_through_json(change) for change in self.queue.snapshot()]

    @invariant()
    def replay_makes_the_same_queue(self) -> None:
        assert self._snapshot(self._start()) == self._snapshot(self.queue)

    @invariant()
    def every_accepted_message_is_in_one_place_or_done(self) -> None:
        present = [
            entry.message.message_id for is_dead in (False, True) for entry in self.queue.peek(is_dead, 0, self.now)
        ]
        assert len(present) == len(set(present))
        assert set(present) == self.accepted - self.done

    def _snapshot(self, queue: Queue) -> list[Change]:
        """The snapshot without the ids that are out of the window; when they are forgotten does not matter."""
        return [each for each in queue.snapshot() if not isinstance(each, Remembered) or each.at + _WINDOW > self.now]

    def _finish(self, entry: Entry) -> None:
        assert entry.message.message_id is not None
        self.done.add(entry.message.message_id)


def _through_json(change: Change) -> Change:
    return change_from_json(change_to_json(change))


def _message(message_id: str, scheduled_at: int | None, ttl: int | None) -> Message:
    annotations: dict[Value, Value] = {}
    if scheduled_at is not None:
        annotations[Symbol("x-opt-scheduled-enqueue-time")] = Timestamp(scheduled_at)
    return read_message(
        write_section(HEADER, [None, None, None if ttl is None else UInt(ttl)])
        + write_section(ANNOTATIONS, annotations)
        + write_section(PROPERTIES, [message_id])
    )


test_a_queue_is_what_its_journal_says: Callable[..., Any] = QueueAndJournal.TestCase
