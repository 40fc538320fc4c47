"""A session of a connection (specification part 2.5): its links, its windows, and the deliveries not settled yet."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from local.service_bus.amqp import outcomes
from local.service_bus.amqp.errors import AmqpError
from local.service_bus.amqp.performatives import Attach, Begin, Detach, Disposition, Flow, Performative, Transfer
from local.service_bus.amqp.values import Described, ULong
from local.service_bus.broker import Broker
from local.service_bus.faults import MessageLockLostError, NotAllowedError
from local.service_bus.incoming import IncomingLink
from local.service_bus.links import Link, LinkOpener
from local.service_bus.outgoing import OutgoingLink, QueueLink
from local.service_bus.settings import MAX_MESSAGE_BYTES

_INCOMING_WINDOW = 5000
_OUTGOING_WINDOW = 0xFFFFFFFF
_MAX_HANDLE = 255
# The fields of a transfer never take more of a frame; the rest is for the message.
_TRANSFER_FIELDS_BYTES = 64


class Way(Protocol):
    """The connection, as its sessions know it."""

    max_body_bytes: int
    """What a frame to the client may hold."""

    @property
    def is_congested(self) -> bool:
        """Whether more waits to leave than should."""

    def send(self, channel: int, performative: Performative, payload: bytes = b"") -> None:
        """Has a frame leave at the end of the turn."""


class Session:
    """Speaks on the channel, and by the link handles, that the client chose."""

    def __init__(self, way: Way, channel: int, begin: Begin, broker: Broker) -> None:
        self._way = way
        self._channel = channel
        self._broker = broker
        self._opener = LinkOpener(self, broker)
        self._links: dict[int, Link] = {}
        self._unsettled: dict[int, tuple[QueueLink, UUID]] = {}
        self._next_delivery_id = 0
        self._next_outgoing_id = 0
        self._peer_window = begin.incoming_window
        self._next_incoming_id = begin.next_outgoing_id
        self._window = _INCOMING_WINDOW
        self.send(
            Begin(
                remote_channel=channel,
                next_outgoing_id=0,
                incoming_window=_INCOMING_WINDOW,
                outgoing_window=_OUTGOING_WINDOW,
                handle_max=_MAX_HANDLE,
            )
        )

    def receive(self, performative: Performative, payload: bytes) -> None:
        """Takes what the client says on this channel. Raises AmqpError where that ends the connection."""
        match performative:
            case Attach():
                self._on_attach(performative)
            case Flow():
                self._on_flow(performative)
            case Transfer():
                self._on_transfer(performative, payload)
            case Disposition(role=True):
                self._on_disposition(performative)
            case Detach():
                self._on_detach(performative)

    def close(self) -> None:
        """Closes all links; what was locked stays locked for its time, and can be settled by token."""
        for link in self._links.values():
            link.close()
        self._links.clear()

    def on_room(self) -> None:
        """Lets go on what waited for room."""
        for link in self._links.values():
            link.on_room()

    @property
    def has_room(self) -> bool:
        """Whether the client's window, and the way there, take one more message."""
        return self._peer_window > 0 and not self._way.is_congested

    def send(self, performative: Performative) -> None:
        """Says something without payload."""
        self._way.send(self._channel, performative)

    def send_flow(
        self,
        *,
        handle: int | None = None,
        delivery_count: int | None = None,
        link_credit: int | None = None,
        drain: bool = False,
    ) -> None:
        """Tells where a link stands, and with it, or alone, where the session does."""
        self._window = _INCOMING_WINDOW
        self.send(
            Flow(
                next_incoming_id=self._next_incoming_id,
                incoming_window=_INCOMING_WINDOW,
                next_outgoing_id=self._next_outgoing_id,
                outgoing_window=_OUTGOING_WINDOW,
                handle=handle,
                delivery_count=delivery_count,
                link_credit=link_credit,
                drain=drain,
            )
        )

    def transfer(self, handle: int, tag: bytes, payload: bytes) -> None:
        """Sends a delivery that nobody has to settle."""
        self._transfer(handle, tag, payload, is_settled=True)

    def transfer_locked(self, handle: int, payload: bytes, token: UUID, link: QueueLink) -> None:
        """Sends a delivery that the client is to settle on this link; its tag is the lock token, as .NET writes it."""
        self._unsettled[self._next_delivery_id] = (link, token)
        self._transfer(handle, token.bytes_le, payload, is_settled=False)

    def _transfer(self, handle: int, tag: bytes, payload: bytes, is_settled: bool) -> None:
        size = self._way.max_body_bytes - _TRANSFER_FIELDS_BYTES
        starts = range(0, len(payload), size)
        for start in starts:
            part = Transfer(
                handle=handle,
                delivery_id=self._next_delivery_id,
                delivery_tag=tag,
                message_format=0,
                settled=is_settled,
                more=start != starts[-1],
            )
            self._way.send(self._channel, part, payload[start : start + size])
        self._next_delivery_id += 1
        self._next_outgoing_id += len(starts)
        self._peer_window -= len(starts)

    def _on_attach(self, attach: Attach) -> None:
        if attach.handle > _MAX_HANDLE or attach.handle in self._links:
            raise NotAllowedError("The handle of the link is beyond the greatest, or in use.")
        try:
            link = self._opener.open(attach)
        except AmqpError as error:
            # The refusal of a link is an answer that lacks a terminus, and a detach that says why.
            self._answer_attach(attach, source=None, target=None)
            self.send(Detach(handle=attach.handle, closed=True, error=outcomes.describe_error(error)))
            return
        self._links[attach.handle] = link
        self._answer_attach(attach, attach.source, attach.target)
        link.open()

    def _answer_attach(self, attach: Attach, source: Described | None, target: Described | None) -> None:
        self.send(
            Attach(
                name=attach.name,
                handle=attach.handle,
                role=not attach.role,
                snd_settle_mode=attach.snd_settle_mode,
                rcv_settle_mode=attach.rcv_settle_mode,
                source=source,
                target=target,
                initial_delivery_count=0 if attach.role else None,
                max_message_size=MAX_MESSAGE_BYTES,
            )
        )

    def _on_flow(self, flow: Flow) -> None:
        self._peer_window = (flow.next_incoming_id or 0) + flow.incoming_window - self._next_outgoing_id
        link = None if flow.handle is None else self._links.get(flow.handle)
        if link is not None:
            link.on_flow(flow)
        elif flow.handle is None and flow.echo:
            self.send_flow()
        self.on_room()

    def _on_transfer(self, transfer: Transfer, payload: bytes) -> None:
        link = self._links.get(transfer.handle)
        if not isinstance(link, IncomingLink):
            raise AmqpError("amqp:session:unattached-handle", "A transfer came for a link that is not attached.")
        self._next_incoming_id += 1
        self._window -= 1
        link.on_transfer(transfer, payload)
        if self._window <= _INCOMING_WINDOW // 2:
            self.send_flow()

    def _on_disposition(self, disposition: Disposition) -> None:
        state = disposition.state
        if state is not None and state.descriptor == outcomes.RECEIVED_CODE:
            return
        last = disposition.first if disposition.last is None else disposition.last
        settled = list(self._in_range(disposition.first, last))
        for delivery_id in settled:
            answer = self._settle(delivery_id, state or Described(ULong(outcomes.RELEASED_CODE), []))
            if not disposition.settled:
                self.send(Disposition(role=False, first=delivery_id, settled=True, state=answer))
        if not settled and not disposition.settled:
            lost = outcomes.rejected(MessageLockLostError("There is no such delivery any more."))
            self.send(Disposition(role=False, first=disposition.first, last=last, settled=True, state=lost))

    def _in_range(self, first: int, last: int) -> Iterable[int]:
        if first == last:
            return [first] if first in self._unsettled else []
        return [delivery_id for delivery_id in self._unsettled if first <= delivery_id <= last]

    def _settle(self, delivery_id: int, state: Described) -> Described:
        """The outcome to answer with: what was asked for if it was done. A dead letter's reason is not repeated."""
        link, token = self._unsettled.pop(delivery_id)
        try:
            link.settle(token, state, self._broker.now())
        except AmqpError as error:
            return outcomes.rejected(error)
        return Described(ULong(outcomes.REJECTED_CODE), []) if state.descriptor == outcomes.REJECTED_CODE else state

    def _on_detach(self, detach: Detach) -> None:
        link = self._links.pop(detach.handle, None)
        if link is None:
            return
        link.close()
        if isinstance(link, OutgoingLink):
            self._unsettled = {key: each for key, each in self._unsettled.items() if each[0] is not link}
        self.send(Detach(handle=detach.handle, closed=detach.closed))
