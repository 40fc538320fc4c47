"""What can happen to a queue and must outlive the broker: each change a value, written to the journal as JSON.

A lock is no change: it ends with the broker that gave it. Instants are in milliseconds since the epoch, messages are
named by sequence number.
"""

from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass

from local.service_bus.entry import EntryState
from local.service_bus.message import Message, read_message


@dataclass(frozen=True, slots=True)
class Stored:
    """A message was accepted, or stood in the queue when the journal was written anew."""

    number: int
    message: Message
    enqueued_at: int
    state: EntryState = EntryState.ACTIVE
    due_at: int | None = None
    delivery_count: int = 0
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Remembered:
    """A message id counts as seen, from `at` for as long as the queue's window is; `number` is the message's."""

    message_id: str
    number: int
    at: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """Sequence numbers up to this one have been given away."""

    last_number: int


@dataclass(frozen=True, slots=True)
class Activated:
    """A scheduled message entered the queue, under a number of its own."""

    number: int
    active_number: int
    at: int


@dataclass(frozen=True, slots=True)
class Removed:
    """A message was completed, cancelled, or received and deleted."""

    number: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A delivery came to nothing; the message is where it was, with one delivery more."""

    number: int


@dataclass(frozen=True, slots=True)
class Deferred:
    """A message was set aside, to be asked for by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class DeadLettered:
    """A message became a dead letter."""

    number: int
    reason: str | None
    description: str | None


type Change = Stored | Remembered | Numbered | Activated | Removed | Returned | Deferred | DeadLettered

_KINDS: dict[str, type[Change]] = {
    "stored": Stored,
    "remembered": Remembered,
    "numbered": Numbered,
    "activated": Activated,
    "removed": Removed,
    "returned": Returned,
    "deferred": Deferred,
    "dead_lettered": DeadLettered,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def change_to_json(change: Change) -> dict[str, object]:
    """The change as an object of JSON values; a message travels as the octets it came as, in base 64."""
    if isinstance(change, Stored):
        return {
            "change": "stored",
            "number": change.number,
            "message": b64encode(change.message.encode()).decode("ascii"),
            "enqueued_at": change.enqueued_at,
            "state": int(change.state),
            "due_at": change.due_at,
            "delivery_count": change.delivery_count,
            "is_dead": change.is_dead,
        }
    return {"change": _NAMES[type(change)], **asdict(change)}


def change_from_json(written: dict[str, object]) -> Change:
    """The change that was written. Raises KeyError, TypeError, ValueError or DecodeError for anything else."""
    given = dict(written)
    kind = _KINDS[str(given.pop("change"))]
    if kind is Stored:
        given["message"] = read_message(b64decode(str(given["message"]), validate=True))
        given["state"] = EntryState(int(str(given["state"])))
    return kind(**given)  # type: ignore[arg-type]
