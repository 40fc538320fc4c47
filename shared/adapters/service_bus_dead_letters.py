"""Dead letters of Azure Service Bus queues."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from azure.core.exceptions import AzureError
from azure.servicebus import (
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiver,
    ServiceBusSender,
    ServiceBusSubQueue,
)

from shared.adapters.azure_service_bus import connect, translate_fault
from shared.model.dead_letter import DeadLetter, resubmitted_id
from shared.settings import Endpoint

WAIT_SECONDS = 3.0
AT_ONCE = 50


class ServiceBusDeadLetters:
    """Fulfils `DeadLetters`. Connects anew for each call: it is called by hand, and every few minutes."""

    def __init__(self, service_bus: Endpoint) -> None:
        self._endpoint = service_bus

    def peek(self, queue: str, after: int = 0, most: int = 100) -> list[DeadLetter]:
        with self._receiver(queue) as (_, receiver):
            found: list[DeadLetter] = []
            while len(found) < most:
                start = found[-1].sequence_number + 1 if found else after + 1
                page = receiver.peek_messages(most - len(found), sequence_number=start)
                if not page:
                    break
                found += [_to_letter(queue, message) for message in page]
            return found

    def resubmit(self, queue: str, sequence_numbers: Collection[int]) -> int:
        with self._receiver(queue) as (client, receiver), client.get_queue_sender(queue) as sender:
            return sum(_resubmit(sender, receiver, message) for message in _taken(receiver, set(sequence_numbers)))

    def drop(self, queue: str, sequence_numbers: Collection[int]) -> int:
        with self._receiver(queue) as (_, receiver):
            dropped = 0
            for message in _taken(receiver, set(sequence_numbers)):
                receiver.complete_message(message)
                dropped += 1
            return dropped

    @contextmanager
    def _receiver(self, queue: str) -> Iterator[tuple[ServiceBusClient, ServiceBusReceiver]]:
        try:
            with (
                connect(self._endpoint) as client,
                client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER) as receiver,
            ):
                yield client, receiver
        except (AzureError, OSError, ValueError) as error:
            raise translate_fault(error) from None


def _taken(receiver: ServiceBusReceiver, wanted: set[int]) -> Iterator[ServiceBusReceivedMessage]:
    """Locks dead letters from the oldest on until all that are wanted came by; gives the others back at the end."""
    others: list[ServiceBusReceivedMessage] = []
    try:
        while wanted:
            received = receiver.receive_messages(AT_ONCE, WAIT_SECONDS)
            if not received:
                return
            for message in received:
                if message.sequence_number in wanted:
                    wanted.discard(message.sequence_number)
                    yield message
                else:
                    others.append(message)
    finally:
        for message in others:
            receiver.abandon_message(message)


def _resubmit(sender: ServiceBusSender, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) -> int:
    """Sent first and only then let go: cut short between, it is sent again under the same id."""
    number = message.sequence_number or 0
    again = ServiceBusMessage(
        b"".join(message.body),
        message_id=resubmitted_id(message.message_id or "", number),
        content_type=message.content_type,
        application_properties=_own_properties(message),
    )
    sender.send_messages(again)
    receiver.complete_message(message)
    return 1


def _own_properties(message: ServiceBusReceivedMessage) -> dict[str | bytes, Any]:
    """The properties that the first sender set, without what Service Bus added when it put the message aside."""
    properties = {_text(name): value for name, value in (message.application_properties or {}).items()}
    return {name: value for name, value in properties.items() if not name.startswith("DeadLetter")}


def _to_letter(queue: str, message: ServiceBusReceivedMessage) -> DeadLetter:
    enqueued_at = message.enqueued_time_utc or datetime.min.replace(tzinfo=UTC)
    body = b"".join(message.body)
    number, reason = message.sequence_number or 0, message.dead_letter_reason or ""
    return DeadLetter(queue, number, message.message_id or "", body, reason, enqueued_at)


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
