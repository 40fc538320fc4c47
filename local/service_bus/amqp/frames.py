"""The stream of a connection, cut into protocol headers and frames (specification part 2.2 and 2.3)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from local.service_bus.amqp.errors import FramingError

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
AMQP_FRAME = 0
SASL_FRAME = 1
MAX_FRAME_BYTES = 64 * 1024
# The least that every peer must be able to take.
MIN_FRAME_BYTES = 512
EMPTY_FRAME = b"\x00\x00\x00\x08\x02\x00\x00\x00"

FRAME_HEADER_BYTES = 8

_FRAME_HEADER = struct.Struct(">IBBH")


@dataclass(frozen=True, slots=True)
class ProtocolHeader:
    """The eight octets with which a peer names the protocol it is going to speak."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; an empty body is a sign of life and nothing else."""

    kind: int
    channel: int
    body: bytes


def write_frame(kind: int, channel: int, body: bytes) -> bytes:
    """The octets of a frame without extended header."""
    return _FRAME_HEADER.pack(len(body) + FRAME_HEADER_BYTES, 2, kind, channel) + body


class FrameReader:
    """Cuts what arrives; never holds more than one frame of the greatest size and what came with it."""

    def __init__(self, max_frame_bytes: int = MAX_FRAME_BYTES) -> None:
        self._buffer = bytearray()
        self._max_frame_bytes = max_frame_bytes

    def feed(self, octets: bytes) -> Iterator[ProtocolHeader | Frame]:
        """All that is complete by now, in order. Raises FramingError where no frame can begin."""
        self._buffer += octets
        while (item := self._next()) is not None:
            yield item

    def _next(self) -> ProtocolHeader | Frame | None:
        if len(self._buffer) < FRAME_HEADER_BYTES:
            return None
        if self._buffer.startswith(b"AMQP"):
            return ProtocolHeader(self._take(len(AMQP_HEADER)))
        size, offset, kind, channel = _FRAME_HEADER.unpack_from(self._buffer)
        if not 2 <= offset <= size // 4:
            raise FramingError("a frame's size and offset do not agree")
        if size > self._max_frame_bytes:
            raise FramingError(f"a frame is larger than {self._max_frame_bytes} octets")
        if len(self._buffer) < size:
            return None
        return Frame(kind, channel, self._take(size)[4 * offset :])

    def _take(self, size: int) -> bytes:
        octets = bytes(self._buffer[:size])
        del self._buffer[:size]
        return octets
