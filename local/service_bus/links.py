"""Which link an attach asks for."""

from functools import partial
from typing import Protocol

from local.service_bus.addresses import CBS, Address, read_address
from local.service_bus.amqp.performatives import Attach, Flow
from local.service_bus.amqp.values import Described, Symbol, Value
from local.service_bus.broker import Broker
from local.service_bus.faults import NotAllowedError, NotSupportedError
from local.service_bus.incoming import IncomingLink, Sends
from local.service_bus.management import Management, answer_token
from local.service_bus.message import BATCH_FORMAT, read_message, split_batch
from local.service_bus.outgoing import AnswerLink, QueueLink, Transfers

_SOURCE_CODE = 0x28
_TARGET_CODE = 0x29
_SOURCE_FILTER = 7
_SESSION_FILTER = Symbol("com.microsoft:session-filter")
_SETTLED_BY_SENDER = 1


class Link(Protocol):
    """Either end of a link, as its session knows it."""

    def open(self) -> None:
        """Begins, once the client knows that the link is attached."""

    def close(self) -> None:
        """Ends."""

    def on_flow(self, flow: Flow) -> None:
        """Takes what the client says about credit."""

    def on_room(self) -> None:
        """Goes on if something waited for room."""


class Ends(Sends, Transfers, Protocol):
    """Both ways of a session."""


class LinkOpener:
    """Opens the links of one session, and finds for each request the link its answer goes out on."""

    def __init__(self, session: Ends, broker: Broker) -> None:
        self._session = session
        self._broker = broker
        self._answers: dict[Address, AnswerLink] = {}

    def open(self, attach: Attach) -> Link:
        """The link. Raises RefusedError for an address or a kind of link that is not served."""
        return self._open_outgoing(attach) if attach.role else self._open_incoming(attach)

    def _open_outgoing(self, attach: Attach) -> Link:
        fields = _fields(attach.source, _SOURCE_CODE)
        address = _address(fields)
        if address.takes_requests:
            return self._open_answers(attach.handle, address)
        filters = fields[_SOURCE_FILTER] if len(fields) > _SOURCE_FILTER else None
        if isinstance(filters, dict) and _SESSION_FILTER in filters:
            raise NotAllowedError("The queue does not require sessions, so no session can be received from it.")
        return QueueLink(
            self._session,
            attach.handle,
            self._broker.queue(address.entity),
            self._broker.outlet(address.entity, address.is_dead),
            is_deleting=attach.snd_settle_mode == _SETTLED_BY_SENDER,
        )

    def _open_answers(self, handle: int, address: Address) -> AnswerLink:
        link = AnswerLink(self._session, handle, partial(self._forget_answers, address))
        self._answers[address] = link
        return link

    def _forget_answers(self, address: Address, link: AnswerLink) -> None:
        if self._answers.get(address) is link:
            del self._answers[address]

    def _open_incoming(self, attach: Attach) -> Link:
        address = _address(_fields(attach.target, _TARGET_CODE))
        if address.takes_requests:
            return self._open_requests(attach.handle, address)
        if address.is_dead:
            raise NotAllowedError("Nothing can be sent to dead letters.")
        queue = self._broker.queue(address.entity)

        def accept(payload: bytes, message_format: int) -> None:
            payloads = split_batch(payload) if message_format == BATCH_FORMAT else [payload]
            queue.send([read_message(each) for each in payloads], self._broker.now())

        return IncomingLink(self._session, attach.handle, accept)

    def _open_requests(self, handle: int, address: Address) -> IncomingLink:
        respond = answer_token if address.entity == CBS else self._management(address).answer

        def accept(payload: bytes, _message_format: int) -> None:
            answers = self._answers.get(address)
            if answers is None:
                raise NotAllowedError("There is no link in this session for the answer to go out on.")
            answers.answer(respond(payload))

        return IncomingLink(self._session, handle, accept)

    def _management(self, address: Address) -> Management:
        return Management(self._broker.queue(address.entity), address.is_dead, self._broker.now)


def _fields(terminus: Described | None, code: int) -> list[Value]:
    if terminus is None or terminus.descriptor != code or not isinstance(terminus.value, list):
        raise NotSupportedError("A link has no source or target of a kind that is served; there are no transactions.")
    return terminus.value


def _address(fields: list[Value]) -> Address:
    if not fields or not isinstance(fields[0], str):
        raise NotSupportedError("A link has no address; there are no dynamic ones.")
    return read_address(fields[0])
