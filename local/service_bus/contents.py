"""What a queue holds. Changes are applied here and nowhere else, so a replayed journal gives the same queue."""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from uuid import UUID

from local.service_bus.amqp.values import Symbol, Value
from local.service_bus.changes import (
    Activated,
    Change,
    DeadLettered,
    Deferred,
    Numbered,
    Remembered,
    Removed,
    Returned,
    Stored,
)
from local.service_bus.duplicates import DuplicateHistory
from local.service_bus.entry import Entry, EntryState, Lock


class Contents:
    """Messages by sequence number, dead letters among them; what is ready, what is locked, what is due when."""

    def __init__(self, name: str, duplicate_window: int) -> None:
        self.last_number = 0
        self.history = DuplicateHistory(duplicate_window)
        self._name = name
        # In order of sequence numbers: they only rise, and an activated message gets one of its own.
        self._entries: dict[int, Entry] = {}
        self._locked: dict[UUID, Entry] = {}
        # Both heaps may hold what is no longer so; that is found out when it comes to the top.
        self._ready: dict[bool, list[int]] = {False: [], True: []}
        self._deadlines: list[tuple[int, int]] = []

    def apply(self, change: Change) -> None:
        """Makes the change. Raises KeyError where it names a message that is not there."""
        _APPLY[type(change)](self, change)

    def snapshot(self) -> Iterator[Change]:
        """The changes that make an empty queue into this one, without its locks."""
        yield Numbered(self.last_number)
        for message_id, number, at in self.history:
            yield Remembered(message_id, number, at)
        for each in self._entries.values():
            yield Stored(
                each.number, each.message, each.enqueued_at, each.state, each.due_at, each.delivery_count, each.is_dead
            )

    def get(self, number: int) -> Entry | None:
        """The message of that number, whatever its state."""
        return self._entries.get(number)

    def __iter__(self) -> Iterator[Entry]:
        """All messages in order of their numbers."""
        return iter(self._entries.values())

    def first_ready(self, is_dead: bool) -> Entry | None:
        """The ready message of the lowest number, among the dead letters or outside them."""
        ready = self._ready[is_dead]
        while ready:
            entry = self._entries.get(ready[0])
            if entry is not None and entry.is_ready and entry.is_dead is is_dead:
                return entry
            heappop(ready)
        return None

    def locked(self, token: UUID) -> Entry | None:
        """The message that a lock token stands for."""
        return self._locked.get(token)

    def lock(self, entry: Entry, token: UUID, until: int) -> None:
        """Gives a message to one receiver, or gives it for longer."""
        entry.lock = Lock(token, until)
        self._locked[token] = entry
        self._watch(entry)

    def unlock(self, entry: Entry) -> None:
        """Ends a lock, if there is one; the message stands where it stood."""
        if entry.lock is not None:
            del self._locked[entry.lock.token]
            entry.lock = None
        self._offer(entry)

    def next_deadline(self) -> int | None:
        """The earliest instant at which something is due."""
        while self._deadlines:
            at, number = self._deadlines[0]
            entry = self._entries.get(number)
            if entry is not None and entry.deadline == at:
                return at
            heappop(self._deadlines)
        return None

    def overdue(self, now: int) -> Iterator[Entry]:
        """The messages with which something is due by now, one at a time; the caller does what is due."""
        while (at := self.next_deadline()) is not None and at <= now:
            yield self._entries[heappop(self._deadlines)[1]]

    def _offer(self, entry: Entry) -> None:
        if entry.is_ready:
            heappush(self._ready[entry.is_dead], entry.number)
        self._watch(entry)

    def _watch(self, entry: Entry) -> None:
        if entry.deadline is not None:
            heappush(self._deadlines, (entry.deadline, entry.number))
        if len(self._deadlines) > 4 * len(self._entries) + 1024:
            self._deadlines = [(each.deadline, each.number) for each in self if each.deadline is not None]
            heapify(self._deadlines)

    def _store(self, change: Stored) -> None:
        entry = Entry(
            change.number,
            change.message,
            change.enqueued_at,
            change.state,
            change.due_at,
            change.delivery_count,
            change.is_dead,
        )
        self._entries[entry.number] = entry
        self.last_number = max(self.last_number, entry.number)
        self._offer(entry)

    def _remember(self, change: Remembered) -> None:
        self.history.remember(change.message_id, change.number, change.at)

    def _number(self, change: Numbered) -> None:
        self.last_number = max(self.last_number, change.last_number)

    def _activate(self, change: Activated) -> None:
        scheduled = self._entries.pop(change.number)
        self._store(Stored(change.active_number, scheduled.message, change.at))

    def _remove(self, change: Removed) -> None:
        entry = self._entries.pop(change.number)
        if entry.lock is not None:
            del self._locked[entry.lock.token]

    def _return(self, change: Returned) -> None:
        entry = self._entries[change.number]
        entry.delivery_count += 1
        self.unlock(entry)

    def _defer(self, change: Deferred) -> None:
        entry = self._entries[change.number]
        entry.state = EntryState.DEFERRED
        self.unlock(entry)

    def _bury(self, change: DeadLettered) -> None:
        entry = self._entries[change.number]
        said = {"DeadLetterReason": change.reason, "DeadLetterErrorDescription": change.description}
        added: dict[Value, Value] = {key: text for key, text in said.items() if text is not None}
        source: dict[Value, Value] = {Symbol("x-opt-deadletter-source"): self._name}
        entry.message = entry.message.with_application_properties(added).with_annotations(source)
        entry.is_dead = True
        entry.state = EntryState.ACTIVE
        self.unlock(entry)


_APPLY: dict[type[Change], Callable[..., None]] = {
    Stored: Contents._store,
    Remembered: Contents._remember,
    Numbered: Contents._number,
    Activated: Contents._activate,
    Removed: Contents._remove,
    Returned: Contents._return,
    Deferred: Contents._defer,
    DeadLettered: Contents._bury,
}
