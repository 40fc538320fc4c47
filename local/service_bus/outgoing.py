"""Links on which the client receives: messages of a queue, and the answers to its requests."""

from collections import deque
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from local.service_bus.amqp import outcomes
from local.service_bus.amqp.performatives import Flow
from local.service_bus.amqp.values import Described, Value
from local.service_bus.entry import Entry
from local.service_bus.faults import NotAllowedError
from local.service_bus.outlet import Outlet
from local.service_bus.queue import Queue

_MAX_WAITING_ANSWERS = 1000


class Transfers(Protocol):
    """The way to the client."""

    @property
    def has_room(self) -> bool:
        """Whether the client's window, and the way there, take one more message."""

    def transfer(self, handle: int, tag: bytes, payload: bytes) -> None:
        """Sends a delivery that nobody has to settle."""

    def transfer_locked(self, handle: int, payload: bytes, token: UUID, link: "QueueLink") -> None:
        """Sends a delivery that the client is to settle on this link."""

    def send_flow(self, *, handle: int, delivery_count: int, link_credit: int, drain: bool = False) -> None: ...


class OutgoingLink:
    """Keeps the account of a link's credit."""

    def __init__(self, session: Transfers, handle: int) -> None:
        self._session = session
        self._handle = handle
        self._delivery_count = 0
        self._credit = 0
        self._is_draining = False

    def open(self) -> None:
        """Nothing is said before the client gives credit."""

    def close(self) -> None:
        """Nothing is held that has to be let go."""

    def on_room(self) -> None:
        """Nothing waits here; a queue gives out at the end of each turn."""

    def on_flow(self, flow: Flow) -> None:
        """Takes the client's credit, counted from the deliveries it knew of."""
        if flow.link_credit is not None:
            self._credit = max(0, (flow.delivery_count or 0) + flow.link_credit - self._delivery_count)
        self._is_draining = flow.drain
        if flow.echo:
            self._tell()

    def end_of_messages(self) -> None:
        """Uses up what credit is left, if the client is draining the link and nothing waits for room."""
        if self._is_draining and self._session.has_room:
            self._delivery_count += self._credit
            self._credit = 0
            self._is_draining = False
            self._tell(drain=True)

    def _spend(self) -> None:
        self._delivery_count += 1
        self._credit -= 1

    def _tell(self, drain: bool = False) -> None:
        self._session.send_flow(
            handle=self._handle, delivery_count=self._delivery_count, link_credit=self._credit, drain=drain
        )


class QueueLink(OutgoingLink):
    """Receives from a queue or its dead letters: locked and to be settled, or deleted at once."""

    def __init__(self, session: Transfers, handle: int, queue: Queue, outlet: Outlet, is_deleting: bool) -> None:
        super().__init__(session, handle)
        self.is_deleting = is_deleting
        self._queue = queue
        self._outlet = outlet

    def open(self) -> None:
        """Takes part in what the queue gives out."""
        self._outlet.join(self)

    def close(self) -> None:
        """Takes part no longer."""
        self._outlet.leave(self)

    @property
    def wants_more(self) -> bool:
        """Whether there is credit and room for one more message."""
        return self._credit > 0 and self._session.has_room

    def give(self, entry: Entry) -> None:
        """Sends a message to the client."""
        self._spend()
        if entry.lock is None:
            self._session.transfer(self._handle, entry.number.to_bytes(16), entry.encode())
        else:
            self._session.transfer_locked(self._handle, entry.encode(), entry.lock.token, self)

    def settle(self, token: UUID, outcome: Described, now: int) -> None:
        """Does what the client decided about a message. Raises MessageLockLostError where it came too late."""
        match outcome.descriptor:
            case outcomes.ACCEPTED_CODE:
                self._queue.complete(token, now)
            case outcomes.REJECTED_CODE:
                self._queue.dead_letter(token, *_dead_letter_reason(outcome), now)
            case outcomes.MODIFIED_CODE if outcomes.is_undeliverable_here(outcome):
                self._queue.defer(token, now)
            case outcomes.MODIFIED_CODE:
                self._queue.abandon(token, now)
            case _:
                self._queue.release(token, now)


class AnswerLink(OutgoingLink):
    """Brings the answers to requests, each as soon as there is credit and room for it."""

    def __init__(self, session: Transfers, handle: int, on_close: Callable[["AnswerLink"], None]) -> None:
        super().__init__(session, handle)
        self._on_close = on_close
        self._waiting: deque[bytes] = deque()

    def close(self) -> None:
        """Takes no more answers."""
        self._on_close(self)

    def on_room(self) -> None:
        """Sends what waits."""
        while self._waiting and self._credit > 0 and self._session.has_room:
            self._spend()
            self._session.transfer(self._handle, self._delivery_count.to_bytes(4), self._waiting.popleft())
        if not self._waiting:
            self.end_of_messages()

    def answer(self, payload: bytes) -> None:
        """Sends an answer. Raises NotAllowedError where too many wait for a client that takes none."""
        if len(self._waiting) >= _MAX_WAITING_ANSWERS:
            raise NotAllowedError("Too many answers wait for credit on the link they are to go out on.")
        self._waiting.append(payload)
        self.on_room()


def _dead_letter_reason(outcome: Described) -> tuple[str | None, str | None]:
    description, words = outcomes.error_details(outcome)
    reason = words.get("DeadLetterReason")
    told = words.get("DeadLetterErrorDescription", description)
    return _text(reason), _text(told)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
