"""What the broker refuses, in the words Service Bus has for it."""

from typing import ClassVar

from local.service_bus.amqp.errors import AmqpError


class RefusedError(AmqpError):
    """A request that is refused. `status` is the code a `$management` answer carries for it."""

    condition_of_kind: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, description: str) -> None:
        super().__init__(self.condition_of_kind, description)


class MessageLockLostError(RefusedError):
    """The lock has ended: it expired, or the message was settled, or the broker was started again."""

    condition_of_kind = "com.microsoft:message-lock-lost"
    status = 410


class MessageNotFoundError(RefusedError):
    """There is no message of that sequence number in that state."""

    condition_of_kind = "com.microsoft:message-not-found"
    status = 404


class EntityNotFoundError(RefusedError):
    """There is no queue of that name."""

    condition_of_kind = "amqp:not-found"
    status = 404


class MessageTooLargeError(RefusedError):
    """A message or a batch beyond the size of the tier."""

    condition_of_kind = "amqp:link:message-size-exceeded"
    status = 400


class NotAllowedError(RefusedError):
    """A request that makes no sense for that entity."""

    condition_of_kind = "amqp:not-allowed"
    status = 400


class NotSupportedError(RefusedError):
    """A part of Service Bus that this broker does not have: sessions, topics, rules, transactions."""

    condition_of_kind = "amqp:not-implemented"
    status = 501
