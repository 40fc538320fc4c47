import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

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


def test_a_message_comes_again_when_its_lock_expires_until_it_is_a_dead_letter(
    queue: str,
    sender: ServiceBusSender,
    receiver: ServiceBusReceiver,
    dead_letters: ServiceBusReceiver,
    open_receiver: OpenReceiver,
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    (late,) = receiver.receive_messages()
    (again,) = open_receiver(queue).receive_messages()
    assert (late.delivery_count, again.delivery_count) == (0, 1)
    assert late.locked_until_utc is not None
    assert late.locked_until_utc <= datetime.now(UTC)
    with pytest.raises(MessageLockLostError):
        receiver.renew_message_lock(late)
    (dead_letter,) = dead_letters.receive_messages()
    assert (dead_letter.delivery_count, dead_letter.dead_letter_reason) == (2, "MaxDeliveryCountExceeded")


def test_a_renewed_lock_keeps_the_message(
    queue: str, sender: ServiceBusSender, receiver: ServiceBusReceiver, open_receiver: OpenReceiver
) -> None:
    sender.send_messages(ServiceBusMessage("work"))
    other = open_receiver(queue)
    (message,) = receiver.receive_messages()
    first_end = message.locked_until_utc
    assert first_end is not None
    assert receiver.renew_message_lock(message) > first_end
    with AutoLockRenewer() as renewer:
        renewer.register(receiver, message)
        assert other.receive_messages(max_wait_time=1.5) == []
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
