"""Requests and answers: what a client asks of a queue through `$management`, and of `$cbs`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from local.service_bus.amqp.values import Array, Int, Symbol, Timestamp, Value
from local.service_bus.entry import Entry
from local.service_bus.faults import MessageNotFoundError, NotAllowedError, NotSupportedError, RefusedError
from local.service_bus.message import APPLICATION_PROPERTIES, PROPERTIES, VALUE, read_message, sections, write_section
from local.service_bus.queue import Queue
from local.service_bus.settings import MAX_MESSAGE_BYTES

type Body = dict[Value, Value]

_OPERATION_PREFIX = "com.microsoft:"


@dataclass(frozen=True, slots=True)
class Request:
    """A request: the id its answer refers to, in whatever type it has, the operation and what is given with it."""

    message_id: Value
    operation: str
    body: Body


def read_request(payload: bytes) -> Request:
    """The request in these octets; what is missing is empty. Raises DecodeError where they hold no message."""
    message_id: Value = None
    operation: Value = ""
    body: Body = {}
    for code, value, _ in sections(payload):
        match code, value:
            case 0x73, [message_id, *_]:
                pass
            case 0x74, {"operation": operation}:
                pass
            case 0x77, dict():
                body = value
    return Request(message_id, str(operation), body)


def write_answer(request: Request, words: Body, body: Body | None = None) -> bytes:
    """The octets of an answer: its words go into the application properties."""
    properties = write_section(PROPERTIES, [None] * 5 + [request.message_id])
    return properties + write_section(APPLICATION_PROPERTIES, words) + write_section(VALUE, body)


def answer_token(payload: bytes) -> bytes:
    """The answer of `$cbs`: every token is good here."""
    return write_answer(read_request(payload), {"status-code": Int(202), "status-description": "Accepted"})


class Management:
    """Answers requests about one queue, or about its dead letters."""

    def __init__(self, queue: Queue, is_dead: bool, now: Callable[[], int]) -> None:
        self._queue = queue
        self._is_dead = is_dead
        self._now = now
        self._operations: dict[str, Callable[[Body], Body | None]] = {
            "renew-lock": self._renew,
            "peek-message": self._peek,
            "receive-by-sequence-number": self._receive_deferred,
            "update-disposition": self._settle,
            "schedule-message": self._schedule,
            "cancel-scheduled-message": self._cancel,
        }

    def answer(self, payload: bytes) -> bytes:
        """The answer to a request; a refusal is an answer too. Raises DecodeError where it is no message."""
        request = read_request(payload)
        operation = self._operations.get(request.operation.removeprefix(_OPERATION_PREFIX))
        try:
            if operation is None:
                raise NotSupportedError("This operation is not part of the local broker.")
            body = operation(request.body)
        except RefusedError as error:
            return write_answer(request, _words(error.status, error.description, error.condition))
        if body is None:
            return write_answer(request, _words(204, "No content", MessageNotFoundError.condition_of_kind))
        return write_answer(request, _words(200, "OK"), body)

    def _renew(self, body: Body) -> Body:
        until = [self._queue.renew(token, self._now()) for token in _tokens(body)]
        return {"expirations": Array(map(Timestamp, until))}

    def _peek(self, body: Body) -> Body | None:
        from_number, limit = _integer(body, "from-sequence-number"), _integer(body, "message-count")
        messages: list[Value] = []
        size = 0
        for entry in self._queue.peek(self._is_dead, from_number, self._now()):
            payload = entry.encode()
            size += len(payload)
            if len(messages) >= limit or (messages and size > MAX_MESSAGE_BYTES):
                break
            messages.append({"message": payload})
        return {"messages": messages} if messages else None

    def _receive_deferred(self, body: Body) -> Body:
        is_locking = _integer(body, "receiver-settle-mode") == 1
        take = self._queue.lock_deferred if is_locking else self._queue.remove_deferred
        return {"messages": [_locked(entry) for entry in take(_numbers(body), self._is_dead, self._now())]}

    def _settle(self, body: Body) -> Body:
        settle = {
            "completed": self._queue.complete,
            "abandoned": self._queue.abandon,
            "defered": self._queue.defer,
            "suspended": self._dead_letter(body),
        }.get(str(body.get("disposition-status")))
        if settle is None:
            raise NotAllowedError("There is no such disposition.")
        for token in _tokens(body):
            settle(token, self._now())
        return {}

    def _dead_letter(self, body: Body) -> Callable[[UUID, int], None]:
        reason, description = body.get("deadletter-reason"), body.get("deadletter-description")
        return lambda token, now: self._queue.dead_letter(
            token,
            reason if isinstance(reason, str) else None,
            description if isinstance(description, str) else None,
            now,
        )

    def _schedule(self, body: Body) -> Body:
        given = [each.get("message") for each in _all_of(dict, body, "messages")]
        messages = [read_message(payload) for payload in given if isinstance(payload, bytes)]
        return {"sequence-numbers": Array(self._queue.send(messages, self._now()))}

    def _cancel(self, body: Body) -> Body:
        self._queue.cancel(_numbers(body), self._now())
        return {}


def _words(status: int, description: str, condition: str | None = None) -> Body:
    words: Body = {"statusCode": Int(status), "statusDescription": description}
    return words if condition is None else {**words, "errorCondition": Symbol(condition)}


def _locked(entry: Entry) -> Value:
    message = {"message": entry.encode()}
    return message if entry.lock is None else {**message, "lock-token": entry.lock.token}


def _all_of[Kind](kind: type[Kind], body: Body, key: str) -> list[Kind]:
    given = body.get(key)
    if not isinstance(given, list) or not all(isinstance(each, kind) for each in given):
        raise NotAllowedError(f"{key} is missing or of another type.")
    return given


def _tokens(body: Body) -> Iterable[UUID]:
    return _all_of(UUID, body, "lock-tokens")


def _numbers(body: Body) -> list[int]:
    return _all_of(int, body, "sequence-numbers")


def _integer(body: Body, key: str) -> int:
    given = body.get(key)
    if not isinstance(given, int):
        raise NotAllowedError(f"{key} is missing or of another type.")
    return given
