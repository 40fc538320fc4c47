"""What becomes of a delivery (specification part 3.4), and how an error is told (part 2.8.14)."""

from local.service_bus.amqp.errors import AmqpError
from local.service_bus.amqp.values import Described, Symbol, ULong, Value

RECEIVED_CODE = 0x23
ACCEPTED_CODE = 0x24
REJECTED_CODE = 0x25
RELEASED_CODE = 0x26
MODIFIED_CODE = 0x27
ERROR_CODE = 0x1D

ACCEPTED = Described(ULong(ACCEPTED_CODE), [])


def describe_error(error: AmqpError) -> Described:
    """An error with all three of its fields: the SDK reads the third without asking whether it is there."""
    return Described(ULong(ERROR_CODE), [Symbol(error.condition), error.description, {}])


def rejected(error: AmqpError) -> Described:
    """The outcome that refuses a delivery."""
    return Described(ULong(REJECTED_CODE), [describe_error(error)])


def error_details(outcome: Described) -> tuple[str | None, dict[Value, Value]]:
    """The description and the map of further words of a rejected outcome; None and empty where it has none."""
    match outcome.value:
        case [Described(value=[_, *rest]), *_]:
            description = rest[0] if rest and isinstance(rest[0], str) else None
            words = rest[1] if len(rest) > 1 and isinstance(rest[1], dict) else {}
            return description, words
    return None, {}


def is_undeliverable_here(outcome: Described) -> bool:
    """Whether a modified outcome asks that the message be set aside: how the SDK defers."""
    match outcome.value:
        case [_, True, *_]:
            return True
    return False
