"""The rules of a Service Bus queue: what is asked of it decides which changes happen.

Pure: instants come in as milliseconds since the epoch, changes go out to `record` in the order in which they were
made. Every operation first does what has become due, so that a late timer changes nothing but the moment.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from local.service_bus.changes import (
    Activated,
    Change,
    DeadLettered,
    Deferred,
    Remembered,
    Removed,
    Returned,
    Stored,
)
from local.service_bus.contents import Contents
from local.service_bus.entry import Entry, EntryState
from local.service_bus.faults import MessageLockLostError, MessageNotFoundError, NotAllowedError
from local.service_bus.message import Message
from local.service_bus.settings import QueueSettings


class Queue:
    """One queue with its dead letters."""

    def __init__(
        self,
        name: str,
        settings: QueueSettings,
        record: Callable[[Change], None],
        make_token: Callable[[], UUID] = uuid4,
    ) -> None:
        self.name = name
        self._lock_time = _milliseconds(settings.lock_seconds)
        ttl = settings.default_ttl_seconds
        self._default_ttl = None if ttl is None else _milliseconds(ttl)
        self._detects_duplicates = settings.duplicate_window_seconds is not None
        self._max_delivery_count = settings.max_delivery_count
        self._contents = Contents(name, _milliseconds(settings.duplicate_window_seconds or 0))
        self._record = record
        self._make_token = make_token

    def replay(self, change: Change) -> None:
        """Makes a change of the past, without recording it. Raises KeyError where it does not fit."""
        self._contents.apply(change)

    def snapshot(self) -> Iterator[Change]:
        """The changes that make an empty queue into this one, without its locks."""
        return self._contents.snapshot()

    def send(self, messages: Iterable[Message], now: int) -> list[int]:
        """Takes messages in, those with an instant of their own as scheduled; gives their sequence numbers.

        A message whose id was seen within the duplicate window is dropped without a word, under the first one's number.
        """
        self.tick(now)
        return [self._known(message, now) or self._store(message, now) for message in messages]

    def cancel(self, numbers: Sequence[int], now: int) -> None:
        """Takes scheduled messages out again: all, or none and MessageNotFoundError."""
        self.tick(now)
        for entry in self._all_in(EntryState.SCHEDULED, numbers):
            self._do(Removed(entry.number))

    def lock_next(self, is_dead: bool, now: int) -> Entry | None:
        """Gives the next ready message to a receiver, locked; None where there is none."""
        self.tick(now)
        entry = self._contents.first_ready(is_dead)
        if entry is not None:
            self._lock(entry, now)
        return entry

    def remove_next(self, is_dead: bool, now: int) -> Entry | None:
        """Gives the next ready message away for good; None where there is none."""
        self.tick(now)
        entry = self._contents.first_ready(is_dead)
        if entry is not None:
            self._do(Removed(entry.number))
        return entry

    def lock_deferred(self, numbers: Sequence[int], is_dead: bool, now: int) -> list[Entry]:
        """Gives deferred messages to a receiver, locked: all, or none and MessageNotFoundError."""
        self.tick(now)
        entries = self._all_in(EntryState.DEFERRED, numbers, is_dead)
        for entry in entries:
            self._lock(entry, now)
        return entries

    def remove_deferred(self, numbers: Sequence[int], is_dead: bool, now: int) -> list[Entry]:
        """Gives deferred messages away for good: all, or none and MessageNotFoundError."""
        self.tick(now)
        entries = self._all_in(EntryState.DEFERRED, numbers, is_dead)
        for entry in entries:
            self._do(Removed(entry.number))
        return entries

    def peek(self, is_dead: bool, from_number: int, now: int) -> Iterator[Entry]:
        """Messages in whatever state from a sequence number on, in order; nothing happens to them."""
        self.tick(now)
        return (entry for entry in self._contents if entry.is_dead is is_dead and entry.number >= from_number)

    def complete(self, token: UUID, now: int) -> None:
        """Settles: the message is done with. Like all settling, MessageLockLostError where the lock has ended."""
        self._do(Removed(self._held(token, now).number))

    def abandon(self, token: UUID, now: int) -> None:
        """Settles: the message is to be delivered again, unless it was too often already."""
        self._return(self._held(token, now))

    def defer(self, token: UUID, now: int) -> None:
        """Settles: the message is set aside until it is asked for by its number."""
        self._do(Deferred(self._held(token, now).number))

    def dead_letter(self, token: UUID, reason: str | None, description: str | None, now: int) -> None:
        """Settles: the message becomes a dead letter. NotAllowedError where it is one."""
        entry = self._held(token, now)
        if entry.is_dead:
            raise NotAllowedError("a dead letter cannot be dead-lettered")
        self._do(DeadLettered(entry.number, reason, description))

    def release(self, token: UUID, now: int) -> None:
        """Gives a message back that was never looked at: no delivery is counted."""
        self._contents.unlock(self._held(token, now))

    def renew(self, token: UUID, now: int) -> int:
        """Lengthens a lock to its full time from now; gives the instant at which it ends."""
        entry = self._held(token, now)
        self._contents.lock(entry, token, now + self._lock_time)
        return now + self._lock_time

    def tick(self, now: int) -> None:
        """Does what is due: scheduled messages enter, locks end, what lived too long becomes a dead letter."""
        for entry in self._contents.overdue(now):
            if entry.state is EntryState.SCHEDULED:
                self._do(Activated(entry.number, self._contents.last_number + 1, now))
            elif entry.lock is not None:
                self._return(entry)
            else:
                self._do(
                    DeadLettered(entry.number, "TTLExpiredException", "The message expired and was dead lettered.")
                )

    def next_deadline(self) -> int | None:
        """The earliest instant at which something will be due."""
        return self._contents.next_deadline()

    def _do(self, change: Change) -> None:
        self._contents.apply(change)
        self._record(change)

    def _known(self, message: Message, now: int) -> int | None:
        if not self._detects_duplicates or message.message_id is None:
            return None
        return self._contents.history.number_of(message.message_id, now)

    def _store(self, message: Message, now: int) -> int:
        number = self._contents.last_number + 1
        due_at = message.scheduled_at
        is_scheduled = due_at is not None and due_at > now
        state = EntryState.SCHEDULED if is_scheduled else EntryState.ACTIVE
        self._do(Stored(number, self._aged(message), now, state, due_at if is_scheduled else None))
        if self._detects_duplicates and message.message_id is not None:
            self._do(Remembered(message.message_id, number, now))
        return number

    def _aged(self, message: Message) -> Message:
        """The message with the shorter of its own time to live and the queue's."""
        if self._default_ttl is None or (message.ttl is not None and message.ttl <= self._default_ttl):
            return message
        return replace(message, ttl=self._default_ttl)

    def _lock(self, entry: Entry, now: int) -> None:
        self._contents.lock(entry, self._make_token(), now + self._lock_time)

    def _held(self, token: UUID, now: int) -> Entry:
        self.tick(now)
        entry = self._contents.locked(token)
        if entry is None:
            raise MessageLockLostError("The lock supplied is invalid: it expired, or the message was settled.")
        return entry

    def _return(self, entry: Entry) -> None:
        self._do(Returned(entry.number))
        if entry.delivery_count >= self._max_delivery_count and not entry.is_dead:
            description = f"Message could not be consumed after {entry.delivery_count} delivery attempts."
            self._do(DeadLettered(entry.number, "MaxDeliveryCountExceeded", description))

    def _all_in(self, state: EntryState, numbers: Sequence[int], is_dead: bool = False) -> list[Entry]:
        """The messages of these numbers. MessageNotFoundError unless all are in that state, and none is locked."""
        entries = []
        for number in dict.fromkeys(numbers):
            entry = self._contents.get(number)
            if entry is None or entry.state is not state or entry.is_dead is not is_dead or entry.lock is not None:
                raise MessageNotFoundError(f"there is no {state.name.lower()} message with sequence number {number}")
            entries.append(entry)
        return entries


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
