"""Service Bus queues in memory: peek-lock, delivery counts, duplicate detection, scheduling, dead letters."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.adapters.service_bus_limits import encoded_body
from shared.errors import ConfigurationError, TransientError
from shared.model.events import Message
from shared.ports import Clock
from shared.testing.fake_clock import FakeClock
from shared.testing.gate import Gate, open_gate, through

QUEUES = ("ingestion-requests", "databricks-run-requests")


@dataclass(slots=True)
class Held:
    """A message on a queue. It is locked while `lock_token` is set and `locked_until` lies ahead."""

    queue: str
    sequence_number: int
    message_id: str
    body: bytes
    available_at: datetime
    traceparent: str | None
    delivery_count: int = 0
    lock_token: str = ""
    locked_until: datetime | None = None
    dead_letter_reason: str = ""
    dead_letter_description: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message under a lock. `delivery_count` is 1 at the first delivery, as the Functions host counts."""

    queue: str
    lock_token: str
    sequence_number: int
    message_id: str
    body: bytes
    delivery_count: int
    traceparent: str | None

    def json(self) -> Mapping[str, Any]:
        """The body, read."""
        body: Mapping[str, Any] = json.loads(self.body)
        return body


class FakeMessageBus:
    """Fulfils `MessageSender` and has the side of the receiver too.

    `queues` and `dead_letters` hold every message by queue, in the order they came, `sent` the body of every message
    that was ever accepted; tests and simulators may look and touch. A second message of one id within the window is
    accepted and dropped without a word, also a scheduled one.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        gate: Gate = open_gate,
        queues: Iterable[str] = QUEUES,
        duplicate_window: timedelta = timedelta(minutes=10),
        lock: timedelta = timedelta(minutes=1),
        most_deliveries: int = 10,
    ) -> None:
        self.clock = clock or FakeClock()
        self.gate = gate
        self.queues: dict[str, list[Held]] = {queue: [] for queue in queues}
        self.dead_letters: dict[str, list[Held]] = {queue: [] for queue in queues}
        self.accepted_at: dict[tuple[str, str], datetime] = {}
        self.sent: dict[tuple[str, str], bytes] = {}
        self.duplicate_window = duplicate_window
        self.lock = lock
        self.most_deliveries = most_deliveries
        self.accepted = 0
        self.locks = 0

    def send(self, queue: str, messages: Iterable[Message]) -> None:
        for message in messages:
            body = encoded_body(message)
            with through(self.gate, "sender.send"):
                self.accept(queue, message, body)

    def available(self, queue: str) -> list[Held]:
        """What a receiver could get now, in order. Locks that ran out are undone by looking."""
        self._undo_lost_locks(queue)
        now = self.clock.now()
        return [held for held in self._queue(queue) if not held.lock_token and held.available_at <= now]

    def receive(self, queue: str, place: int = 0) -> Delivery | None:
        """Locks the first available message (or, out of order, the one at `place`); None where there is none."""
        with through(self.gate, "bus.receive"):
            held = self.available(queue)[place : place + 1]
            return self._deliver(held[0]) if held else None

    def receive_dead_letter(self, queue: str) -> Held | None:
        """Takes the oldest dead letter off its queue."""
        return self.dead_letters[queue].pop(0) if self.dead_letters[queue] else None

    def complete(self, delivery: Delivery) -> None:
        """Lets the message go. TransientError when the lock was lost: it will be delivered again."""
        with through(self.gate, "bus.complete"):
            self._queue(delivery.queue).remove(self._locked(delivery))

    def abandon(self, delivery: Delivery) -> None:
        """Gives the message back, or to the dead letters after its last delivery."""
        with through(self.gate, "bus.abandon"):
            self._unlock(self._locked(delivery))

    def dead_letter(self, delivery: Delivery, reason: str, description: str = "") -> None:
        """Puts the message aside."""
        with through(self.gate, "bus.dead_letter"):
            self._put_aside(self._locked(delivery), reason, description)

    def forget(self) -> None:
        """Loses every message, locked or not, as if it had never been sent; the ids stay known."""
        for queue, lost in self.queues.items():
            for held in lost:
                self.sent.pop((queue, held.message_id), None)
            lost.clear()

    def renew(self, delivery: Delivery) -> None:
        """Begins the lock's time anew."""
        with through(self.gate, "bus.renew"):
            self._locked(delivery).locked_until = self.clock.now() + self.lock

    def next_change(self) -> datetime | None:
        """When a scheduled message comes due or a lock runs out next; None where nothing waits for time to pass."""
        every = [held for queue in self.queues.values() for held in queue]
        moments = [held.locked_until or held.available_at for held in every]
        return min((moment for moment in moments if moment > self.clock.now()), default=None)

    def accept_again(self, held: Held, message_id: str) -> None:
        """Takes a message that died once more, under another id, at once."""
        self.accept(held.queue, Message(message_id, {}, traceparent=held.traceparent), held.body)

    def accept(self, queue: str, message: Message, body: bytes) -> None:
        """Takes a body as it is, whoever sent it."""
        held_on, now = self._queue(queue), self.clock.now()
        seen_at = self.accepted_at.get((queue, message.message_id))
        if seen_at is not None and now - seen_at < self.duplicate_window:
            return
        self.accepted += 1
        self.accepted_at[queue, message.message_id] = now
        self.sent[queue, message.message_id] = body
        available_at = max(message.not_before or now, now)
        held_on.append(Held(queue, self.accepted, message.message_id, body, available_at, message.traceparent))

    def _deliver(self, held: Held) -> Delivery:
        self.locks += 1
        held.delivery_count += 1
        held.lock_token = f"lock-{self.locks:08d}"
        held.locked_until = self.clock.now() + self.lock
        return Delivery(
            held.queue,
            held.lock_token,
            held.sequence_number,
            held.message_id,
            held.body,
            held.delivery_count,
            held.traceparent,
        )

    def _locked(self, delivery: Delivery) -> Held:
        self._undo_lost_locks(delivery.queue)
        for held in self._queue(delivery.queue):
            if held.lock_token == delivery.lock_token:
                return held
        raise TransientError("lock_lost")

    def _undo_lost_locks(self, queue: str) -> None:
        for held in list(self._queue(queue)):
            if held.locked_until is not None and held.locked_until <= self.clock.now():
                self._unlock(held)

    def _unlock(self, held: Held) -> None:
        held.lock_token, held.locked_until = "", None
        if held.delivery_count >= self.most_deliveries:
            self._put_aside(held, "MaxDeliveryCountExceeded", "")

    def _put_aside(self, held: Held, reason: str, description: str) -> None:
        held.lock_token, held.locked_until = "", None
        held.dead_letter_reason, held.dead_letter_description = reason, description
        self._queue(held.queue).remove(held)
        self.dead_letters[held.queue].append(held)

    def _queue(self, queue: str) -> list[Held]:
        if queue not in self.queues:
            raise ConfigurationError("queue_missing", f"queue {queue}")
        return self.queues[queue]
