"""One connection of a client: protocol headers, the SASL exchange, sessions, and what waits to leave."""

import asyncio
from uuid import uuid4

from local.service_bus.amqp.errors import AmqpError
from local.service_bus.amqp.frames import (
    AMQP_FRAME,
    AMQP_HEADER,
    EMPTY_FRAME,
    FRAME_HEADER_BYTES,
    MAX_FRAME_BYTES,
    MIN_FRAME_BYTES,
    SASL_FRAME,
    SASL_HEADER,
    Frame,
    FrameReader,
    ProtocolHeader,
    write_frame,
)
from local.service_bus.amqp.outcomes import describe_error
from local.service_bus.amqp.performatives import (
    Begin,
    Close,
    End,
    Open,
    Performative,
    SaslInit,
    SaslMechanisms,
    SaslOutcome,
    read_performative,
    write_performative,
)
from local.service_bus.amqp.values import Array, Symbol
from local.service_bus.broker import Broker
from local.service_bus.session import Session

_MAX_CHANNEL = 255
# Beyond this, messages wait in their queue and not in memory for a client that does not read.
_MAX_WAITING_BYTES = 1024 * 1024
_SASL_OK = 0


class Connection(asyncio.Protocol):
    """Takes frames as they come and holds back what is to leave until the end of the broker's turn.

    Anything malformed ends the connection with the error that says so; no other connection notices.
    """

    def __init__(self, broker: Broker, connections: set["Connection"]) -> None:
        self._broker = broker
        self._connections = connections
        self._reader = FrameReader()
        self._sessions: dict[int, Session] = {}
        self._outbox = bytearray()
        self._heartbeat: asyncio.TimerHandle | None = None
        self._is_open = False
        self._is_closing = False
        self._is_paused = False
        self.max_body_bytes = MIN_FRAME_BYTES - FRAME_HEADER_BYTES

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_MAX_WAITING_BYTES)
        self._connections.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        """Ends: the client left, or was made to."""
        self._connections.discard(self)
        self._is_closing = True
        self._end_sessions()
        if self._heartbeat is not None:
            self._heartbeat.cancel()

    def data_received(self, octets: bytes) -> None:
        """Takes what arrived."""
        try:
            for item in self._reader.feed(octets):
                if self._is_closing:
                    return
                self._take(item)
        except AmqpError as error:
            self.close(error)
        self._broker.wake()

    def pause_writing(self) -> None:
        """The client does not read as fast as it asks."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._is_paused = False
        self._go_on()

    @property
    def is_congested(self) -> bool:
        """Whether more waits to leave than should."""
        return self._is_paused or self._is_full

    def send(self, channel: int, performative: Performative, payload: bytes = b"") -> None:
        """Has a frame leave at the end of the turn."""
        self._write(write_frame(AMQP_FRAME, channel, write_performative(performative) + payload))

    def close(self, error: AmqpError | None = None) -> None:
        """Says goodbye, with a reason if there is one, and hears nothing any more."""
        if self._is_closing:
            return
        if self._is_open:
            self.send(0, Close(error=None if error is None else describe_error(error)))
        self._is_closing = True
        self._end_sessions()
        self._broker.wake(self)

    def flush(self) -> None:
        """Lets leave what waits, and then the connection end if it is to."""
        was_full = self._is_full
        self._transport.write(bytes(self._outbox))
        self._outbox.clear()
        if self._is_closing:
            self._transport.close()
        elif was_full and not self._is_paused:
            self._go_on()

    def abort(self) -> None:
        """Ends at once, whatever waits."""
        self._transport.abort()

    @property
    def _is_full(self) -> bool:
        return len(self._outbox) >= _MAX_WAITING_BYTES

    def _write(self, octets: bytes) -> None:
        if not self._is_closing:
            self._outbox += octets
            self._broker.wake(self)

    def _go_on(self) -> None:
        for session in self._sessions.values():
            session.on_room()
        self._broker.wake()

    def _end_sessions(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def _take(self, item: ProtocolHeader | Frame) -> None:
        match item:
            case ProtocolHeader():
                self._on_header(item.octets)
            case Frame(kind=kind, body=body) if kind == SASL_FRAME:
                self._on_sasl(read_performative(body)[0])
            case Frame(body=body) if body:
                self._on_performative(item.channel, *read_performative(body))

    def _on_header(self, octets: bytes) -> None:
        if octets == SASL_HEADER:
            self._write(SASL_HEADER)
            self._say_sasl(SaslMechanisms(sasl_server_mechanisms=Array([Symbol("ANONYMOUS")])))
            return
        # The answer to a protocol this side does not speak is the one it does, and goodbye.
        self._write(AMQP_HEADER)
        if octets != AMQP_HEADER:
            self.close()

    def _on_sasl(self, performative: Performative) -> None:
        if not isinstance(performative, SaslInit):
            raise AmqpError("amqp:illegal-state", "A frame came that has no place in the SASL exchange.")
        self._say_sasl(SaslOutcome(code=_SASL_OK))

    def _say_sasl(self, performative: Performative) -> None:
        self._write(write_frame(SASL_FRAME, 0, write_performative(performative)))

    def _on_performative(self, channel: int, performative: Performative, payload: bytes) -> None:
        if self._is_open == isinstance(performative, Open):
            raise AmqpError("amqp:illegal-state", "A connection is opened once, and before all else.")
        match performative:
            case Open():
                self._on_open(performative)
            case Begin():
                self._on_begin(channel, performative)
            case End():
                self._on_end(channel)
            case Close():
                self.close()
            case _ if channel in self._sessions:
                self._sessions[channel].receive(performative, payload)

    def _on_open(self, performative: Open) -> None:
        if performative.max_frame_size < MIN_FRAME_BYTES:
            raise AmqpError("amqp:invalid-field", f"Every peer must take frames of {MIN_FRAME_BYTES} octets.")
        self._is_open = True
        self.max_body_bytes = min(performative.max_frame_size, _MAX_WAITING_BYTES) - FRAME_HEADER_BYTES
        self.send(0, Open(container_id=f"local-{uuid4()}", max_frame_size=MAX_FRAME_BYTES, channel_max=_MAX_CHANNEL))
        if performative.idle_time_out:
            self._beat(performative.idle_time_out / 2000)

    def _beat(self, seconds: float) -> None:
        self._write(EMPTY_FRAME)
        self._heartbeat = asyncio.get_running_loop().call_later(seconds, self._beat, seconds)

    def _on_begin(self, channel: int, performative: Begin) -> None:
        if channel > _MAX_CHANNEL or channel in self._sessions:
            raise AmqpError("amqp:not-allowed", "The channel of the session is beyond the greatest, or in use.")
        self._sessions[channel] = Session(self, channel, performative, self._broker)

    def _on_end(self, channel: int) -> None:
        session = self._sessions.pop(channel, None)
        if session is not None:
            session.close()
            self.send(channel, End())
