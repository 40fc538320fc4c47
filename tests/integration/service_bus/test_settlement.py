from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from azure.servicebus import (
    ServiceBusMessage,
    ServiceBusMessageState,
    ServiceBusReceivedMessage,
    ServiceBusReceiveMode,
    ServiceBusReceiver,
    ServiceBusSender,
)
from azure.servicebus.exceptions import MessageNotFoundError

pytestmark = pytest.mark.integration

OpenSender = Callable[[str], ServiceBusSender]
OpenReceiver = Callable[..., ServiceBusReceiver]


def _receive(receiver: ServiceBusReceiver) -> ServiceBusReceivedMessage:
    (message,) = receiver.receive_messages()
    return message


def _nothing_left(receiver: ServiceBusReceiver) -> bool:
    return receiver.peek_messages(10, sequence_number=1) == []


def test_a_message_arrives_as_it_was_sent(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    properties: dict[str | bytes, int | float | bytes | bool | str | UUID] = {
        "text": "ä",
        "count": 3,
        "share": 0.5,
        "flag": True,
        "id": UUID(int=7),
    }
    before = datetime.now(UTC) - timedelta(seconds=1)
    sender.send_messages(
        ServiceBusMessage(
            '{"type":"ingestion.requested.v1"}',
            message_id="id-1",
            subject="subject",
            correlation_id="correlation",
            content_type="application/json",
            reply_to="elsewhere",
            application_properties=properties,
            time_to_live=timedelta(hours=1),
        )
    )
    message = _receive(receiver)
    assert b"".join(message.body) == b'{"type":"ingestion.requested.v1"}'
    assert (message.message_id, message.subject, message.correlation_id) == ("id-1", "subject", "correlation")
    assert (message.content_type, message.reply_to) == ("application/json", "elsewhere")
    assert message.application_properties == {
        b"text": "ä".encode(),
        b"count": 3,
        b"share": 0.5,
        b"flag": True,
        b"id": UUID(int=7),
    }
    assert (message.sequence_number, message.delivery_count) == (1, 0)
    assert message.time_to_live == timedelta(hours=1)
    assert message.enqueued_time_utc is not None
    assert before < message.enqueued_time_utc < datetime.now(UTC) + timedelta(seconds=1)
    assert message.locked_until_utc is not None
    assert message.locked_until_utc > datetime.now(UTC) + timedelta(seconds=20)
    assert isinstance(message.lock_token, UUID)


def test_a_completed_message_is_gone(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    receiver.complete_message(_receive(receiver))
    assert _nothing_left(receiver)


def test_an_abandoned_message_comes_again_until_it_is_a_dead_letter(
    sender: ServiceBusSender, receiver: ServiceBusReceiver, dead_letters: ServiceBusReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    for delivery_count in range(3):
        message = _receive(receiver)
        assert message.delivery_count == delivery_count
        receiver.abandon_message(message)
    dead_letter = _receive(dead_letters)
    assert str(dead_letter) == "work"
    assert (dead_letter.delivery_count, dead_letter.dead_letter_reason) == (3, "MaxDeliveryCountExceeded")
    assert _nothing_left(receiver)


def test_a_deferred_message_comes_when_asked_for(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    sender.send_messages(ServiceBusMessage("later"))
    deferred = _receive(receiver)
    assert deferred.sequence_number is not None
    receiver.defer_message(deferred)
    sender.send_messages(ServiceBusMessage("now"))
    assert str(_receive(receiver)) == "now"
    (message,) = receiver.receive_deferred_messages(deferred.sequence_number)
    assert (str(message), message.state) == ("later", ServiceBusMessageState.DEFERRED)
    receiver.complete_message(message)
    with pytest.raises(MessageNotFoundError):
        receiver.receive_deferred_messages(deferred.sequence_number)


def test_a_deferred_message_can_be_settled_in_every_way(
    sender: ServiceBusSender, receiver: ServiceBusReceiver, dead_letters: ServiceBusReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    message = _receive(receiver)
    number = message.sequence_number
    assert number is not None
    receiver.defer_message(message)
    receiver.abandon_message(receiver.receive_deferred_messages(number)[0])
    receiver.defer_message(receiver.receive_deferred_messages(number)[0])
    message = receiver.receive_deferred_messages(number)[0]
    assert message.delivery_count == 1
    receiver.renew_message_lock(message)
    receiver.dead_letter_message(message, reason="bad", error_description="told")
    dead_letter = _receive(dead_letters)
    assert (dead_letter.dead_letter_reason, dead_letter.dead_letter_error_description) == ("bad", "told")


def test_a_deferred_message_can_be_received_and_deleted(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, open_receiver: OpenReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    message = _receive(receiver)
    assert message.sequence_number is not None
    receiver.defer_message(message)
    deleting = open_receiver(queue, receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE)
    assert [str(each) for each in deleting.receive_deferred_messages(message.sequence_number)] == ["work"]
    assert _nothing_left(receiver)


def test_a_dead_letter_says_why_and_whence_and_can_be_completed(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, dead_letters: ServiceBusReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work", application_properties={"kept": 1}))
    message = _receive(receiver)
    receiver.dead_letter_message(message, reason="unreadable", error_description="not JSON")
    assert [each.sequence_number for each in dead_letters.peek_messages(10)] == [message.sequence_number]
    dead_letter = _receive(dead_letters)
    assert dead_letter.dead_letter_reason == "unreadable"
    assert dead_letter.dead_letter_error_description == "not JSON"
    assert dead_letter.dead_letter_source == queue
    assert dead_letter.application_properties is not None
    assert dead_letter.application_properties[b"kept"] == 1
    dead_letters.complete_message(dead_letter)
    assert dead_letters.peek_messages(10, sequence_number=1) == []


def test_what_is_received_and_deleted_does_not_come_again(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, open_receiver: OpenReceiver
) -> None:
    sender.send_messages([ServiceBusMessage(str(number)) for number in range(3)])
    deleting = open_receiver(queue, receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE)
    assert [str(message) for message in deleting.receive_messages(3)] == ["0", "1", "2"]
    assert _nothing_left(receiver)


def test_peeking_changes_nothing(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    sender.send_messages([ServiceBusMessage(str(number)) for number in range(5)])
    assert [str(message) for message in receiver.peek_messages(3)] == ["0", "1", "2"]
    assert [str(message) for message in receiver.peek_messages(9)] == ["3", "4"]
    assert [str(message) for message in receiver.peek_messages(1, sequence_number=2)] == ["1"]
    messages = receiver.receive_messages(5)
    assert [(str(message), message.delivery_count) for message in messages] == [(str(n), 0) for n in range(5)]


def test_a_prefetching_receiver_gives_back_what_it_did_not_use(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, open_receiver: OpenReceiver
) -> None:
    sender.send_messages([ServiceBusMessage(str(number)) for number in range(20)])
    prefetching = open_receiver(queue, prefetch_count=20)
    prefetching.complete_message(prefetching.next())
    prefetching.close()
    messages = receiver.receive_messages(20)
    assert [(str(message), message.delivery_count) for message in messages] == [(str(n), 0) for n in range(1, 20)]
