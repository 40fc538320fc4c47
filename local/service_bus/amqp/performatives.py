"""What the bodies of frames say (specification part 2.7 and 5.3): one class each, fields by name.

Integers are given as plain ints and written in the type of their field; what a peer left out is None or the default
of the specification. Fields this side has no use for (properties, capabilities, locales) are not here.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, NamedTuple, Union, get_args, get_origin, get_type_hints

from local.service_bus.amqp.decode import decode
from local.service_bus.amqp.encode import encode
from local.service_bus.amqp.errors import DecodeError
from local.service_bus.amqp.values import Array, Described, Symbol, UByte, UInt, ULong, UShort, Value

AsUByte = Annotated[int, UByte]
AsUShort = Annotated[int, UShort]
AsUInt = Annotated[int, UInt]
AsULong = Annotated[int, ULong]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performative:
    """What one frame says."""

    CODE: ClassVar[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Performative):
    CODE: ClassVar[int] = 0x10
    container_id: str
    hostname: str | None = None
    max_frame_size: AsUInt = 0xFFFFFFFF
    channel_max: AsUShort = 0xFFFF
    idle_time_out: AsUInt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin(Performative):
    CODE: ClassVar[int] = 0x11
    remote_channel: AsUShort | None = None
    next_outgoing_id: AsUInt
    incoming_window: AsUInt
    outgoing_window: AsUInt
    handle_max: AsUInt = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Performative):
    CODE: ClassVar[int] = 0x12
    name: str
    handle: AsUInt
    role: bool
    snd_settle_mode: AsUByte = 2
    rcv_settle_mode: AsUByte = 0
    source: Described | None = None
    target: Described | None = None
    unsettled: object = None
    incomplete_unsettled: bool = False
    initial_delivery_count: AsUInt | None = None
    max_message_size: AsULong | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Performative):
    CODE: ClassVar[int] = 0x13
    next_incoming_id: AsUInt | None = None
    incoming_window: AsUInt
    next_outgoing_id: AsUInt
    outgoing_window: AsUInt
    handle: AsUInt | None = None
    delivery_count: AsUInt | None = None
    link_credit: AsUInt | None = None
    available: AsUInt | None = None
    drain: bool = False
    echo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Performative):
    CODE: ClassVar[int] = 0x14
    handle: AsUInt
    delivery_id: AsUInt | None = None
    delivery_tag: bytes | None = None
    message_format: AsUInt | None = None
    settled: bool | None = None
    more: bool = False
    rcv_settle_mode: AsUByte | None = None
    state: Described | None = None
    resume: bool = False
    aborted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition(Performative):
    CODE: ClassVar[int] = 0x15
    role: bool
    first: AsUInt
    last: AsUInt | None = None
    settled: bool = False
    state: Described | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detach(Performative):
    CODE: ClassVar[int] = 0x16
    handle: AsUInt
    closed: bool = False
    error: Described | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Performative):
    CODE: ClassVar[int] = 0x17
    error: Described | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Performative):
    CODE: ClassVar[int] = 0x18
    error: Described | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaslMechanisms(Performative):
    CODE: ClassVar[int] = 0x40
    sasl_server_mechanisms: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class SaslInit(Performative):
    CODE: ClassVar[int] = 0x41
    mechanism: Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class SaslOutcome(Performative):
    CODE: ClassVar[int] = 0x44
    code: AsUByte


_KINDS: dict[int, type[Performative]] = {
    kind.CODE: kind
    for kind in (
        *(Open, Begin, Attach, Flow, Transfer, Disposition, Detach, End, Close),
        *(SaslMechanisms, SaslInit, SaslOutcome),
    )
}


class _Field(NamedTuple):
    """A field as it goes over the wire: what is accepted there, and what it is written as."""

    name: str
    accepted: type
    written: Callable[[Any], Value]
    is_mandatory: bool


@cache
def _fields(code: int) -> tuple[_Field, ...]:
    kind = _KINDS[code]
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_Field(each.name, *_types(hints[each.name]), each.default is MISSING) for each in fields(kind))


def _types(hint: Any) -> tuple[type, Callable[[Any], Value]]:
    if get_origin(hint) in (Union, UnionType):
        hint, _ = get_args(hint)
    if get_origin(hint) is Annotated:
        accepted, written = get_args(hint)
        return accepted, written
    return hint, lambda value: value


def write_performative(performative: Performative) -> bytes:
    """The octets that open a frame's body; fields left out at the end are not written."""
    values: list[Value] = []
    for each in _fields(performative.CODE):
        value = getattr(performative, each.name)
        values.append(None if value is None else each.written(value))
    while values and values[-1] is None:
        values.pop()
    return encode(Described(ULong(performative.CODE), values))


def read_performative(body: bytes) -> tuple[Performative, bytes]:
    """What a frame's body says, and the payload after it.

    Raises DecodeError where that is no performative, or a field is missing or of another type.
    """
    described, at = decode(body)
    if not isinstance(described, Described) or not isinstance(described.value, list):
        raise DecodeError("a frame's body is no performative")
    kind = _KINDS.get(described.descriptor) if isinstance(described.descriptor, int) else None
    if kind is None:
        raise DecodeError("a frame's body is no performative that is known")
    given = dict(_checked(kind, described.value))
    for each in _fields(kind.CODE):
        if each.is_mandatory and each.name not in given:
            raise DecodeError(f"{kind.__name__.lower()} lacks {each.name}")
    return kind(**given), body[at:]


def _checked(kind: type[Performative], values: list[Value]) -> Iterator[tuple[str, Value]]:
    for each, value in zip(_fields(kind.CODE), values, strict=False):
        if value is None:
            continue
        if not isinstance(value, each.accepted) or (each.accepted is int and isinstance(value, bool)):
            raise DecodeError(f"{kind.__name__.lower()} has a {each.name} of another type")
        yield each.name, value
