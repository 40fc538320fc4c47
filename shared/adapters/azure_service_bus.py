"""Messages on Azure Service Bus."""

import contextlib
from collections.abc import Iterable, Iterator
from threading import Lock

from azure.core.exceptions import AzureError
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusMessageBatch
from azure.servicebus import ServiceBusSender as QueueSender
from azure.servicebus.exceptions import (
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusAuthorizationError,
    ServiceBusServerBusyError,
)

from shared.adapters.azure_access import credential
from shared.adapters.service_bus_limits import encoded_body
from shared.errors import ConfigurationError, RcmError, ThrottledError, TransientError
from shared.model.events import Message
from shared.settings import Endpoint

SEND_SECONDS = 20.0


class ServiceBusSender:
    """Fulfils `MessageSender`. One connection and one sender per queue, kept; made anew after a fault. Thread-safe."""

    def __init__(self, service_bus: Endpoint) -> None:
        self._endpoint = service_bus
        self._lock = Lock()
        self._client: ServiceBusClient | None = None
        self._senders: dict[str, QueueSender] = {}

    def send(self, queue: str, messages: Iterable[Message]) -> None:
        outgoing = [to_service_bus(message) for message in messages]
        with self._lock:
            try:
                sender = self._sender(queue)
                for batch in _batches(sender, outgoing):
                    sender.send_messages(batch, timeout=SEND_SECONDS)
            except (AzureError, OSError, ValueError) as error:
                self._close()
                raise translate_fault(error) from None

    def _sender(self, queue: str) -> QueueSender:
        if self._client is None:
            self._client = connect(self._endpoint)
        if queue not in self._senders:
            self._senders[queue] = self._client.get_queue_sender(queue)
        return self._senders[queue]

    def _close(self) -> None:
        client, self._client = self._client, None
        self._senders.clear()
        if client:
            with contextlib.suppress(AzureError, OSError, ValueError):
                client.close()


def connect(service_bus: Endpoint) -> ServiceBusClient:
    """A client that gives up soon: whoever sends or drains is delivered or asked again."""
    if service_bus.connection_string:
        return ServiceBusClient.from_connection_string(
            service_bus.connection_string, retry_total=2, retry_backoff_factor=0.5
        )
    return ServiceBusClient(service_bus.name, credential(), retry_total=2, retry_backoff_factor=0.5)


def to_service_bus(message: Message) -> ServiceBusMessage:
    """The message as it travels."""
    return ServiceBusMessage(
        encoded_body(message),
        message_id=message.message_id,
        content_type="application/json",
        scheduled_enqueue_time_utc=message.not_before,
        application_properties={"traceparent": message.traceparent} if message.traceparent else None,
    )


def _batches(sender: QueueSender, messages: list[ServiceBusMessage]) -> Iterator[ServiceBusMessageBatch]:
    """As few batches as hold the messages, in order."""
    batch = None
    for message in messages:
        batch = batch or sender.create_message_batch()
        try:
            batch.add_message(message)
        except MessageSizeExceededError:
            yield batch
            batch = sender.create_message_batch()
            batch.add_message(message)
    if batch:
        yield batch


def translate_fault(error: Exception) -> RcmError:
    """The SDK's fault as one of ours, without a word of what it quotes."""
    said = type(error).__name__
    if isinstance(error, ServiceBusServerBusyError):
        return ThrottledError("service_bus_busy", said)
    if isinstance(error, MessagingEntityNotFoundError):
        return ConfigurationError("queue_missing", said)
    if isinstance(error, (ServiceBusAuthenticationError, ServiceBusAuthorizationError)):
        return TransientError("service_bus_forbidden", said)
    return TransientError("service_bus_unavailable", said)
