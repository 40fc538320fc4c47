"""A link on which the client sends."""

from collections.abc import Callable
from typing import Protocol

from local.service_bus.amqp.errors import AmqpError
from local.service_bus.amqp.outcomes import ACCEPTED, rejected
from local.service_bus.amqp.performatives import Disposition, Flow, Performative, Transfer
from local.service_bus.faults import MessageTooLargeError
from local.service_bus.settings import MAX_MESSAGE_BYTES

_CREDIT = 500


class Sends(Protocol):
    """The way back to the client."""

    def send(self, performative: Performative) -> None: ...

    def send_flow(self, *, handle: int, delivery_count: int, link_credit: int, drain: bool = False) -> None: ...


class IncomingLink:
    """Puts transfers together to deliveries, has each accepted or refused, and tells which.

    `accept` gets the octets and the message format, and refuses by raising AmqpError.
    """

    def __init__(self, session: Sends, handle: int, accept: Callable[[bytes, int], None]) -> None:
        self._session = session
        self._handle = handle
        self._accept = accept
        self._delivery_count = 0
        self._credit = 0
        self._first: Transfer | None = None
        self._payload = bytearray()
        self._size = 0

    def open(self) -> None:
        """Lets the client send."""
        self._grant()

    def close(self) -> None:
        """Forgets a delivery that is not complete."""
        self._first = None

    def on_room(self) -> None:
        """Nothing waits for room here."""

    def on_flow(self, flow: Flow) -> None:
        """Says where the link stands, if asked to."""
        if flow.echo:
            self._grant()

    def on_transfer(self, transfer: Transfer, payload: bytes) -> None:
        """Takes one part of a delivery; octets beyond the greatest message are counted and not kept."""
        if self._first is None:
            self._first, self._size = transfer, 0
            self._payload.clear()
        self._size += len(payload)
        if self._size <= MAX_MESSAGE_BYTES:
            self._payload += payload
        if transfer.more and not transfer.aborted:
            return
        first, self._first = self._first, None
        self._delivery_count += 1
        self._credit -= 1
        if not transfer.aborted:
            self._conclude(first, is_settled=bool(first.settled or transfer.settled))
        if self._credit <= _CREDIT // 2:
            self._grant()

    def _conclude(self, first: Transfer, is_settled: bool) -> None:
        try:
            if self._size > MAX_MESSAGE_BYTES:
                raise MessageTooLargeError(f"The message or batch is larger than {MAX_MESSAGE_BYTES} bytes.")
            self._accept(bytes(self._payload), first.message_format or 0)
            outcome = ACCEPTED
        except AmqpError as error:
            outcome = rejected(error)
        if not is_settled and first.delivery_id is not None:
            self._session.send(Disposition(role=True, first=first.delivery_id, settled=True, state=outcome))

    def _grant(self) -> None:
        self._credit = _CREDIT
        self._session.send_flow(handle=self._handle, delivery_count=self._delivery_count, link_credit=_CREDIT)
