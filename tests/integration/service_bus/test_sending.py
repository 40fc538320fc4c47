from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import (
    NEXT_AVAILABLE_SESSION,
    ServiceBusMessage,
    ServiceBusMessageState,
    ServiceBusReceiver,
    ServiceBusSender,
)
from azure.servicebus.exceptions import (
    MessageNotFoundError,
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    ServiceBusError,
)

pytestmark = pytest.mark.integration

OpenSender = Callable[[str], ServiceBusSender]
OpenReceiver = Callable[..., ServiceBusReceiver]


def _bodies(receiver: ServiceBusReceiver) -> list[str]:
    return [str(message) for message in receiver.peek_messages(100, sequence_number=1)]


def test_lists_and_batches_arrive_message_by_message(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    sender.send_messages([ServiceBusMessage("1", message_id="a"), ServiceBusMessage("2", message_id="b")])
    batch = sender.create_message_batch()
    batch.add_message(ServiceBusMessage("3", message_id="c"))
    batch.add_message(ServiceBusMessage("4", message_id="d"))
    sender.send_messages(batch)
    messages = receiver.peek_messages(10)
    assert [(str(message), message.message_id) for message in messages] == [*zip("1234", "abcd", strict=True)]


def test_a_message_of_many_frames_arrives_whole(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    body = bytes(range(256)) * 1000
    sender.send_messages(ServiceBusMessage(body))
    (message,) = receiver.receive_messages()
    assert b"".join(message.body) == body


def test_a_message_beyond_256_kilobytes_is_refused_and_the_next_one_is_not(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    with pytest.raises(MessageSizeExceededError):
        sender.send_messages(ServiceBusMessage(b"x" * 256 * 1024))
    sender.send_messages(ServiceBusMessage("small"))
    assert _bodies(receiver) == ["small"]


def test_a_batch_holds_256_kilobytes_at_most(sender: ServiceBusSender) -> None:
    assert sender.create_message_batch().max_size_in_bytes == 256 * 1024


@pytest.mark.parametrize("desk", ["duplicate-detecting"], indirect=True)
def test_a_repeated_id_is_accepted_and_dropped(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    sender.send_messages(ServiceBusMessage("first", message_id="same"))
    sender.send_messages(ServiceBusMessage("again", message_id="same"))
    sender.send_messages([ServiceBusMessage("other", message_id="other"), ServiceBusMessage("too", message_id="same")])
    (message,) = receiver.receive_messages()
    receiver.complete_message(message)
    sender.send_messages(ServiceBusMessage("after", message_id="same"))
    sender.schedule_messages(ServiceBusMessage("due", message_id="same"), datetime.now(UTC) + timedelta(minutes=1))
    assert str(message) == "first"
    assert _bodies(receiver) == ["other"]


def test_a_message_with_an_instant_of_its_own_comes_then(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("far", scheduled_enqueue_time_utc=datetime.now(UTC) + timedelta(days=1)))
    due = datetime.now(UTC) + timedelta(seconds=0.5)
    sender.send_messages([ServiceBusMessage("near", scheduled_enqueue_time_utc=due), ServiceBusMessage("now")])
    (first,) = receiver.receive_messages()
    (second,) = receiver.receive_messages()
    assert (str(first), str(second)) == ("now", "near")
    assert second.enqueued_time_utc is not None
    assert second.enqueued_time_utc >= due - timedelta(milliseconds=1)
    (far,) = receiver.peek_messages(sequence_number=1)
    assert (str(far), far.state) == ("far", ServiceBusMessageState.SCHEDULED)


def test_scheduled_messages_can_be_cancelled_until_they_come(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    now = datetime.now(UTC)
    (kept,) = sender.schedule_messages(ServiceBusMessage("kept"), now + timedelta(seconds=0.5))
    cancelled = sender.schedule_messages([ServiceBusMessage("1"), ServiceBusMessage("2")], now + timedelta(days=1))
    sender.cancel_scheduled_messages(cancelled)
    with pytest.raises(MessageNotFoundError):
        sender.cancel_scheduled_messages(cancelled[0])
    (message,) = receiver.receive_messages()
    assert str(message) == "kept"
    with pytest.raises(MessageNotFoundError):
        sender.cancel_scheduled_messages(kept)


def test_a_message_that_lived_too_long_becomes_a_dead_letter(
    sender: ServiceBusSender, dead_letters: ServiceBusReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work", time_to_live=timedelta(seconds=0.3)))
    (message,) = dead_letters.receive_messages()
    assert (str(message), message.dead_letter_reason) == ("work", "TTLExpiredException")


@pytest.mark.parametrize("desk", ["ageing"], indirect=True)
def test_a_queue_can_limit_the_life_of_its_messages(sender: ServiceBusSender, dead_letters: ServiceBusReceiver) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    (message,) = dead_letters.receive_messages()
    assert message.time_to_live == timedelta(seconds=0.5)


def test_queue_names_are_found_whatever_their_case(
    queue: str, receiver: ServiceBusReceiver, open_sender: OpenSender
) -> None:
    open_sender(queue.upper()).send_messages(ServiceBusMessage("work"))
    assert _bodies(receiver) == ["work"]


def test_an_unknown_queue_is_refused(open_receiver: OpenReceiver) -> None:
    with pytest.raises(MessagingEntityNotFoundError, match="unheard-of"):
        open_receiver("unheard-of").receive_messages()


def test_nothing_can_be_sent_to_dead_letters(queue: str, open_sender: OpenSender) -> None:
    with pytest.raises(ServiceBusError, match="dead letters"):
        open_sender(f"{queue}/$DeadLetterQueue").send_messages(ServiceBusMessage("work"))


def test_a_session_is_refused_where_there_are_none(queue: str, open_receiver: OpenReceiver) -> None:
    with pytest.raises(ServiceBusError, match="does not require sessions"):
        open_receiver(queue, session_id=NEXT_AVAILABLE_SESSION).receive_messages()


def test_many_producers_and_consumers_share_a_queue_and_every_message_comes_once(
    queue: str, open_sender: OpenSender, open_receiver: OpenReceiver
) -> None:
    expected = {f"{producer}-{number}" for producer in range(2) for number in range(300)}

    def produce(producer: int) -> None:
        sender = open_sender(queue)
        for first in range(0, 300, 50):
            sender.send_messages([ServiceBusMessage(f"{producer}-{number}") for number in range(first, first + 50)])

    def consume(_consumer: int) -> list[str]:
        receiver = open_receiver(queue, prefetch_count=20, max_wait_time=0.5)
        received = []
        for message in receiver:
            receiver.complete_message(message)
            received.append(str(message))
        return received

    with ThreadPoolExecutor(max_workers=5) as threads:
        consumers = [threads.submit(consume, number) for number in range(3)]
        list(threads.map(produce, range(2)))
        received = [body for consumer in consumers for body in consumer.result()]
    assert len(received) == len(expected)
    assert set(received) == expected
