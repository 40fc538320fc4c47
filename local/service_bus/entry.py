"""A message in a queue: where it stands and what is due with it."""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from local.service_bus.amqp.values import Int, Symbol, Timestamp, Value
from local.service_bus.message import Message


class EntryState(IntEnum):
    """Where a message stands, in the numbers of the annotation x-opt-message-state."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


@dataclass(slots=True)
class Lock:
    """The right of one receiver to settle a message, until an instant in milliseconds since the epoch."""

    token: UUID
    until: int


@dataclass(slots=True)
class Entry:
    """One message in a queue. Instants are in milliseconds since the epoch.

    `delivery_count` is the number of deliveries that came to nothing: abandoned, or the lock expired.
    """

    number: int
    message: Message
    enqueued_at: int
    state: EntryState = EntryState.ACTIVE
    due_at: int | None = None
    delivery_count: int = 0
    is_dead: bool = False
    lock: Lock | None = None

    @property
    def expires_at(self) -> int | None:
        """When the message has lived long enough; dead letters and what is still scheduled do not age."""
        if self.is_dead or self.message.ttl is None or self.state is EntryState.SCHEDULED:
            return None
        return self.enqueued_at + self.message.ttl

    @property
    def deadline(self) -> int | None:
        """The instant at which something becomes due with this message; a lock keeps it from expiring."""
        if self.state is EntryState.SCHEDULED:
            return self.due_at
        return self.expires_at if self.lock is None else self.lock.until

    @property
    def is_ready(self) -> bool:
        """Whether a receiver may be given this message."""
        return self.state is EntryState.ACTIVE and self.lock is None

    def encode(self) -> bytes:
        """The octets for a receiver, with the broker's annotations."""
        annotations: dict[Value, Value] = {
            Symbol("x-opt-sequence-number"): self.number,
            Symbol("x-opt-enqueued-time"): Timestamp(self.enqueued_at),
            Symbol("x-opt-message-state"): Int(self.state),
        }
        if self.lock is not None:
            annotations[Symbol("x-opt-locked-until")] = Timestamp(self.lock.until)
        return self.message.encode(self.delivery_count, annotations)
