"""Service Bus messages as a function's input, in the shapes of the Service Bus extension behind Azure's host."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.amqp import AmqpMessageBodyType

from local.host.protos import CollectionBytes, TypedData
from local.host.worker import TriggerInput


def one_message_input(message: ServiceBusReceivedMessage) -> TriggerInput:
    """Cardinality one. The SDK counts failed deliveries; the extension numbers this one, which is one more."""
    properties = _properties(message)
    metadata = {name: _typed(value) for name, value in properties.items() if value is not None}
    return TriggerInput(_body(_content(message)), metadata, _trace_parent(properties["ApplicationProperties"]))


def messages_input(messages: Sequence[ServiceBusReceivedMessage]) -> TriggerInput:
    """Cardinality many: a collection of bodies, and one array per property."""
    rows = [_properties(message) for message in messages]
    metadata = {f"{name}Array": TypedData(json=json.dumps([row[name] for row in rows])) for name in rows[0]}
    return TriggerInput(
        TypedData(collection_bytes=CollectionBytes(bytes=[_content(message) for message in messages])), metadata
    )


def text_input(text: str) -> TriggerInput:
    """A message that a person made up: a body and nothing else."""
    properties = {"MessageId": "by-hand", "DeliveryCount": 1, "ApplicationProperties": {}, "UserProperties": {}}
    return TriggerInput(TypedData(string=text), {name: _typed(value) for name, value in properties.items()})


def _properties(message: ServiceBusReceivedMessage) -> dict[str, Any]:
    sent = message.application_properties or {}
    application_properties = {_text(key): _plain(value) for key, value in sent.items()}
    return {
        "MessageId": message.message_id,
        "DeliveryCount": (message.delivery_count or 0) + 1,
        "LockToken": str(message.lock_token),
        "SequenceNumber": message.sequence_number,
        "EnqueuedSequenceNumber": message.enqueued_sequence_number,
        "EnqueuedTimeUtc": _instant(message.enqueued_time_utc),
        "ExpiresAtUtc": _instant(message.expires_at_utc),
        "LockedUntil": _instant(message.locked_until_utc),
        "ScheduledEnqueueTimeUtc": _instant(message.scheduled_enqueue_time_utc),
        "ContentType": message.content_type,
        "CorrelationId": message.correlation_id,
        "Label": message.subject,
        "Subject": message.subject,
        "PartitionKey": message.partition_key,
        "ReplyTo": message.reply_to,
        "ReplyToSessionId": message.reply_to_session_id,
        "SessionId": message.session_id,
        "To": message.to,
        "DeadLetterReason": message.dead_letter_reason,
        "DeadLetterErrorDescription": message.dead_letter_error_description,
        "DeadLetterSource": message.dead_letter_source,
        "ApplicationProperties": application_properties,
        "UserProperties": application_properties,
    }


def _content(message: ServiceBusReceivedMessage) -> bytes:
    if message.body_type == AmqpMessageBodyType.DATA:
        return b"".join(message.body)
    return str(message).encode()  # an AMQP value or sequence, which no sender of this SDK makes


def _body(content: bytes) -> TypedData:
    try:
        return TypedData(string=content.decode("utf-8"))
    except UnicodeDecodeError:
        return TypedData(bytes=content)


def _typed(value: object) -> TypedData:
    return TypedData(string=value) if isinstance(value, str) else TypedData(json=json.dumps(value))


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, datetime):
        return _instant(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _trace_parent(application_properties: dict[str, Any]) -> str:
    return str(application_properties.get("Diagnostic-Id") or application_properties.get("traceparent") or "")
