from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from local.service_bus.amqp.values import Symbol
from local.service_bus.changes import Change, Returned
from local.service_bus.entry import Entry, EntryState
from local.service_bus.faults import MessageLockLostError, MessageNotFoundError, NotAllowedError
from local.service_bus.message import APPLICATION_PROPERTIES, Message, sections
from local.service_bus.queue import Queue
from local.service_bus.settings import QueueSettings

Make = Callable[..., Message]

_LOCK = 30_000
_WINDOW = 600_000


@pytest.fixture
def changes() -> list[Change]:
    return []


@pytest.fixture
def queue(changes: list[Change]) -> Queue:
    settings = QueueSettings(lock_seconds=30, max_delivery_count=3, duplicate_window_seconds=600)
    return Queue("requests", settings, changes.append)


def _take(queue: Queue, now: int, *, is_dead: bool = False) -> tuple[Entry, UUID]:
    entry = queue.lock_next(is_dead, now)
    assert entry is not None
    assert entry.lock is not None
    return entry, entry.lock.token


def _numbers(queue: Queue, now: int, *, is_dead: bool = False) -> list[int]:
    return [entry.number for entry in queue.peek(is_dead, 0, now)]


def _words(entry: Entry) -> object:
    return next(value for code, value, _ in sections(entry.message.bare) if code == APPLICATION_PROPERTIES)


def test_messages_come_in_the_order_they_were_sent_in(queue: Queue, make_message: Make) -> None:
    assert queue.send([make_message(), make_message()], now=0) == [1, 2]
    assert queue.send([make_message()], now=1) == [3]
    assert [_take(queue, 2)[0].number for _ in range(3)] == [1, 2, 3]
    assert queue.lock_next(is_dead=False, now=2) is None


def test_a_completed_message_is_gone(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    _, token = _take(queue, 0)
    queue.complete(token, now=1)
    assert _numbers(queue, 1) == []


def test_an_abandoned_message_comes_again_in_its_place(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(), make_message()], now=0)
    _, token = _take(queue, 0)
    queue.abandon(token, now=1)
    entry, _ = _take(queue, 1)
    assert (entry.number, entry.delivery_count) == (1, 1)


def test_a_released_message_was_never_delivered(queue: Queue, changes: list[Change], make_message: Make) -> None:
    queue.send([make_message()], now=0)
    changes.clear()
    queue.release(_take(queue, 0)[1], now=1)
    assert _take(queue, 1)[0].delivery_count == 0
    assert changes == []


def test_a_message_abandoned_as_often_as_allowed_becomes_a_dead_letter(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    for _ in range(3):
        queue.abandon(_take(queue, 0)[1], now=0)
    assert queue.lock_next(is_dead=False, now=0) is None
    entry, _ = _take(queue, 0, is_dead=True)
    assert entry.delivery_count == 3
    assert _words(entry) == {
        "DeadLetterReason": "MaxDeliveryCountExceeded",
        "DeadLetterErrorDescription": "Message could not be consumed after 3 delivery attempts.",
    }


def test_a_lock_ends_at_its_instant_and_counts_as_a_delivery(
    queue: Queue, changes: list[Change], make_message: Make
) -> None:
    queue.send([make_message()], now=0)
    _, token = _take(queue, 0)
    changes.clear()
    queue.tick(_LOCK - 1)
    assert changes == []
    assert queue.next_deadline() == _LOCK
    queue.tick(_LOCK)
    assert changes == [Returned(1)]
    with pytest.raises(MessageLockLostError):
        queue.complete(token, now=_LOCK)


def test_settling_too_late_is_refused_even_when_no_tick_came_before(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    _, token = _take(queue, 0)
    with pytest.raises(MessageLockLostError):
        queue.complete(token, now=_LOCK)
    assert _numbers(queue, _LOCK) == [1]


def test_a_renewed_lock_lasts_its_full_time_again(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    _, token = _take(queue, 0)
    assert queue.renew(token, now=_LOCK - 1) == 2 * _LOCK - 1
    assert queue.lock_next(is_dead=False, now=2 * _LOCK - 2) is None
    assert _take(queue, 2 * _LOCK - 1)[0].delivery_count == 1


@pytest.mark.parametrize("settle", ["complete", "abandon", "defer", "release", "renew"])
def test_a_token_nobody_was_given_settles_nothing(queue: Queue, settle: str) -> None:
    with pytest.raises(MessageLockLostError):
        getattr(queue, settle)(uuid4(), 0)


def test_a_token_settles_once(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    _, token = _take(queue, 0)
    queue.abandon(token, now=0)
    with pytest.raises(MessageLockLostError):
        queue.abandon(token, now=0)
    assert _take(queue, 0)[0].delivery_count == 1


def test_a_deferred_message_comes_only_when_asked_for(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    queue.defer(_take(queue, 0)[1], now=0)
    assert queue.lock_next(is_dead=False, now=0) is None
    (entry,) = queue.lock_deferred([1], is_dead=False, now=0)
    assert entry.lock is not None
    queue.abandon(entry.lock.token, now=0)
    assert (entry.state, entry.delivery_count) == (EntryState.DEFERRED, 1)
    assert queue.remove_deferred([1], is_dead=False, now=0) == [entry]
    assert _numbers(queue, 0) == []


def test_deferred_messages_are_given_all_or_none(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(), make_message()], now=0)
    queue.defer(_take(queue, 0)[1], now=0)
    with pytest.raises(MessageNotFoundError):
        queue.lock_deferred([1, 2], is_dead=False, now=0)
    assert [entry.lock for entry in queue.peek(is_dead=False, from_number=0, now=0)] == [None, None]


def test_a_dead_letter_keeps_its_number_and_says_why_and_whence(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    queue.dead_letter(_take(queue, 0)[1], "bad", None, now=0)
    assert _numbers(queue, 0) == []
    entry, token = _take(queue, 0, is_dead=True)
    assert (entry.number, entry.is_dead) == (1, True)
    assert _words(entry) == {"DeadLetterReason": "bad"}
    assert entry.message.annotations[Symbol("x-opt-deadletter-source")] == "requests"
    with pytest.raises(NotAllowedError):
        queue.dead_letter(token, "worse", None, now=0)


def test_a_dead_letter_neither_ages_nor_dies_of_deliveries(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(ttl=1000)], now=0)
    queue.dead_letter(_take(queue, 0)[1], None, None, now=0)
    for delivery_count in range(5):
        entry, token = _take(queue, 1_000_000, is_dead=True)
        assert entry.delivery_count == delivery_count
        queue.abandon(token, now=1_000_000)
    assert queue.next_deadline() is None


def test_a_message_that_lived_too_long_becomes_a_dead_letter(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(ttl=1000)], now=0)
    assert queue.next_deadline() == 1000
    assert _numbers(queue, 999) == [1]
    assert queue.lock_next(is_dead=False, now=1000) is None
    assert _words(_take(queue, 1000, is_dead=True)[0]) == {
        "DeadLetterReason": "TTLExpiredException",
        "DeadLetterErrorDescription": "The message expired and was dead lettered.",
    }


def test_a_lock_keeps_a_message_from_expiring(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(ttl=1000), make_message(ttl=1000)], now=0)
    first, second = _take(queue, 0)[1], _take(queue, 0)[1]
    queue.complete(first, now=2000)
    queue.release(second, now=2000)
    queue.tick(2000)
    assert _numbers(queue, 2000, is_dead=True) == [2]


def test_the_queue_shortens_the_life_of_messages(make_message: Make) -> None:
    queue = Queue("requests", QueueSettings(default_ttl_seconds=2), lambda _change: None)
    queue.send([make_message(), make_message(ttl=1000), make_message(ttl=9000)], now=0)
    assert [entry.expires_at for entry in queue.peek(is_dead=False, from_number=0, now=0)] == [2000, 1000, 2000]


def test_a_scheduled_message_enters_at_its_instant_under_a_number_of_its_own(queue: Queue, make_message: Make) -> None:
    assert queue.send([make_message(scheduled_at=5000, ttl=1000), make_message()], now=0) == [1, 2]
    assert _take(queue, 4999)[0].number == 2
    assert queue.lock_next(is_dead=False, now=4999) is None
    entry, _ = _take(queue, 5000)
    assert (entry.number, entry.enqueued_at, entry.expires_at) == (3, 5000, 6000)


def test_a_message_scheduled_for_the_past_enters_at_once(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(scheduled_at=5000)], now=5000)
    assert _take(queue, 5000)[0].number == 1


def test_scheduled_messages_are_cancelled_all_or_none(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(scheduled_at=5000), make_message(scheduled_at=6000)], now=0)
    with pytest.raises(MessageNotFoundError):
        queue.cancel([1, 99], now=0)
    queue.cancel([1], now=0)
    assert _numbers(queue, 0) == [2]
    with pytest.raises(MessageNotFoundError):
        queue.cancel([2], now=6000)


def test_a_repeated_id_is_dropped_within_the_window(queue: Queue, make_message: Make) -> None:
    assert queue.send([make_message("a"), make_message("b"), make_message("a")], now=0) == [1, 2, 1]
    queue.complete(_take(queue, 0)[1], now=0)
    assert queue.send([make_message("a")], now=_WINDOW - 1) == [1]
    assert _numbers(queue, _WINDOW - 1) == [2]
    assert queue.send([make_message("a")], now=_WINDOW) == [3]


def test_a_repetition_does_not_lengthen_the_window(queue: Queue, make_message: Make) -> None:
    queue.send([make_message("a")], now=0)
    queue.send([make_message("a")], now=_WINDOW // 2)
    assert queue.send([make_message("a")], now=_WINDOW) == [2]


def test_scheduled_messages_count_as_seen(queue: Queue, make_message: Make) -> None:
    queue.send([make_message("a", scheduled_at=5000)], now=0)
    queue.send([make_message("a", scheduled_at=9000), make_message("a")], now=0)
    assert _numbers(queue, 0) == [1]


def test_messages_without_id_are_never_duplicates(queue: Queue, make_message: Make) -> None:
    assert queue.send([make_message(), make_message()], now=0) == [1, 2]


def test_without_a_window_nothing_is_a_duplicate(make_message: Make) -> None:
    queue = Queue("requests", QueueSettings(), lambda _change: None)
    assert queue.send([make_message("a"), make_message("a")], now=0) == [1, 2]


def test_a_message_received_and_deleted_is_gone(queue: Queue, make_message: Make) -> None:
    queue.send([make_message()], now=0)
    entry = queue.remove_next(is_dead=False, now=0)
    assert entry is not None
    assert (entry.number, entry.lock) == (1, None)
    assert _numbers(queue, 0) == []


def test_peeking_shows_every_state_from_a_number_on(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(), make_message(), make_message(scheduled_at=5000), make_message()], now=0)
    queue.defer(_take(queue, 0)[1], now=0)
    _take(queue, 0)
    peeked = [(entry.number, entry.state) for entry in queue.peek(is_dead=False, from_number=1, now=0)]
    assert peeked == [
        (1, EntryState.DEFERRED),
        (2, EntryState.ACTIVE),
        (3, EntryState.SCHEDULED),
        (4, EntryState.ACTIVE),
    ]
    assert [entry.number for entry in queue.peek(is_dead=False, from_number=3, now=0)] == [3, 4]


def test_sequence_numbers_are_never_given_twice(queue: Queue, make_message: Make) -> None:
    queue.send([make_message(), make_message()], now=0)
    for _ in range(2):
        queue.complete(_take(queue, 0)[1], now=0)
    successor = Queue("requests", QueueSettings(), lambda _change: None)
    for change in queue.snapshot():
        successor.replay(change)
    assert successor.send([make_message()], now=0) == [3]


def test_settled_messages_leave_no_deadline_behind(queue: Queue, make_message: Make) -> None:
    for _ in range(3000):
        queue.send([make_message(ttl=1_000_000)], now=0)
        queue.complete(_take(queue, 0)[1], now=0)
    assert queue.next_deadline() is None
