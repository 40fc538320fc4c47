import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

import pytest
from azure.servicebus import AutoLockRenewer, ServiceBusMessage, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import MessageLockLostError

pytestmark = [pytest.mark.integration, pytest.mark.parametrize("desk", ["brief-lock"], indirect=True)]

OpenSender = Callable[[str], ServiceBusSender]
OpenReceiver = Callable[..., ServiceBusReceiver]

_CONSUMER = """
import sys
from azure.servicebus import ServiceBusClient
client = ServiceBusClient.from_connection_string(sys.argv[1])
(message,) = client.get_queue_receiver(sys.argv[2], max_wait_time=5).receive_messages()
print(message, flush=True)
sys.stdin.read()
"""


def test_a_message_comes_again_when_its_lock_expires(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, open_receiver: OpenReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    other = open_receiver(queue)
    (late,) = receiver.receive_messages()
    (again,) = other.receive_messages()
    assert again.delivery_count == 1
    assert late.locked_until_utc is not None
    assert late.locked_until_utc <= datetime.now(UTC)
    other.complete_message(again)
    with pytest.raises(MessageLockLostError):
        receiver.renew_message_lock(late)


def test_a_message_whose_lock_expires_too_often_becomes_a_dead_letter(
    sender: ServiceBusSender, receiver: ServiceBusReceiver, dead_letters: ServiceBusReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    for delivery_count in range(3):
        (message,) = receiver.receive_messages()
        assert message.delivery_count == delivery_count
    (dead_letter,) = dead_letters.receive_messages()
    assert dead_letter.dead_letter_reason == "MaxDeliveryCountExceeded"


def test_a_renewed_lock_keeps_the_message(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, open_receiver: OpenReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    (message,) = receiver.receive_messages()
    before = message.locked_until_utc
    assert before is not None
    assert open_receiver(queue).receive_messages(max_wait_time=0.6) == []
    assert receiver.renew_message_lock(message) > before
    assert open_receiver(queue).receive_messages(max_wait_time=0.6) == []
    receiver.complete_message(message)


def test_the_renewer_of_the_sdk_keeps_a_lock(sender: ServiceBusSender, receiver: ServiceBusReceiver) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    lost = Event()
    with AutoLockRenewer(on_lock_renew_failure=lambda *_: lost.set()) as renewer:
        (message,) = receiver.receive_messages()
        renewer.register(receiver, message)
        assert not lost.wait(2)
        receiver.complete_message(message)
    assert receiver.peek_messages(sequence_number=1) == []


def test_what_a_killed_consumer_held_comes_to_another(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, connection_string: str
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    command = [sys.executable, "-c", _CONSUMER, connection_string, queue]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as consumer:
        assert consumer.stdout is not None
        assert consumer.stdout.readline() == b"work\n"
        consumer.kill()
    (message,) = receiver.receive_messages()
    assert (str(message), message.delivery_count) == ("work", 1)
    receiver.complete_message(message)
