"""A message as it travels (specification part 3.2): what the broker reads of it, and the rest as it came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from local.service_bus.amqp.decode import decode
from local.service_bus.amqp.encode import encode
from local.service_bus.amqp.errors import DecodeError
from local.service_bus.amqp.values import Described, Symbol, Timestamp, UInt, ULong, Value

HEADER = 0x70
DELIVERY_ANNOTATIONS = 0x71
ANNOTATIONS = 0x72
PROPERTIES = 0x73
APPLICATION_PROPERTIES = 0x74
BODY = 0x75
VALUE = 0x77
FOOTER = 0x78

# Transfers of this format hold one whole message in each data section.
BATCH_FORMAT = 0x80013700

_SCHEDULED_ENQUEUE_TIME = Symbol("x-opt-scheduled-enqueue-time")


def sections(payload: bytes) -> Iterator[tuple[int, Value, bytes]]:
    """Each section of a message: its code, what it says, and its octets. Raises DecodeError where one is malformed."""
    at = 0
    while at < len(payload):
        section, end = decode(payload, at)
        code = section.descriptor if isinstance(section, Described) else None
        if not isinstance(section, Described) or not isinstance(code, int) or not HEADER <= code <= FOOTER:
            raise DecodeError("a message holds something that is no section")
        yield code, section.value, payload[at:end]
        at = end


def write_section(code: int, value: Value) -> bytes:
    """The octets of one section."""
    return encode(Described(ULong(code), value))


def split_batch(payload: bytes) -> list[bytes]:
    """The messages of a transfer of BATCH_FORMAT, each encoded. Raises DecodeError where one is malformed."""
    return [value for code, value, _ in sections(payload) if code == BODY and isinstance(value, bytes)]


@dataclass(frozen=True, slots=True)
class Message:
    """What was sent: the few words the broker acts on, and `bare`, the sections nobody may change on the way.

    `ttl` is in milliseconds; `message_id` is the id as text, whatever type it had; `scheduled_at` is in milliseconds
    since the epoch.
    """

    durable: Value
    priority: Value
    ttl: int | None
    annotations: Mapping[Value, Value]
    message_id: str | None
    bare: bytes

    @property
    def scheduled_at(self) -> int | None:
        """When the sender wants the message in the queue; None at once."""
        due = self.annotations.get(_SCHEDULED_ENQUEUE_TIME)
        return int(due) if isinstance(due, Timestamp) else None

    def encode(self, delivery_count: int = 0, annotations: Mapping[Value, Value] | None = None) -> bytes:
        """The octets for a receiver, with the broker's own annotations over the sender's."""
        ttl = None if self.ttl is None else UInt(self.ttl)
        header = write_section(HEADER, [self.durable, self.priority, ttl, None, UInt(delivery_count)])
        return header + write_section(ANNOTATIONS, {**self.annotations, **(annotations or {})}) + self.bare

    def with_annotations(self, added: Mapping[Value, Value]) -> "Message":
        """The same message with more annotations."""
        return replace(self, annotations={**self.annotations, **added})

    def with_application_properties(self, added: Mapping[Value, Value]) -> "Message":
        """The same message with more application properties; all others keep their types."""
        kept: dict[int, bytes] = {}
        properties: dict[Value, Value] = {}
        for code, value, octets in sections(self.bare):
            if code == APPLICATION_PROPERTIES and isinstance(value, dict):
                properties = value
            else:
                kept[code] = kept.get(code, b"") + octets
        first = kept.pop(PROPERTIES, b"")
        written = write_section(APPLICATION_PROPERTIES, {**properties, **added})
        return replace(self, bare=first + written + b"".join(kept.values()))


def read_message(payload: bytes) -> Message:
    """The message in these octets. Raises DecodeError where they hold none."""
    header: list[Value] = []
    annotations: dict[Value, Value] = {}
    message_id: Value = None
    bare = []
    for code, value, octets in sections(payload):
        if code >= PROPERTIES:
            bare.append(octets)
        match code, value:
            case 0x70, list():
                header = value
            case 0x72, dict():
                annotations = value
            case 0x73, [message_id, *_]:
                pass
    durable, priority, ttl = (*header, None, None, None)[:3]
    return Message(
        durable=durable,
        priority=priority,
        ttl=int(ttl) if isinstance(ttl, UInt) else None,
        annotations=annotations,
        message_id=None if message_id is None else str(message_id),
        bare=b"".join(bare),
    )
