"""Faults that are told to the other side as an AMQP error."""


class AmqpError(Exception):
    """A fault with the condition and the sentence that go on the wire; neither ever quotes what was received."""

    def __init__(self, condition: str, description: str) -> None:
        super().__init__(f"{condition}: {description}")
        self.condition = condition
        self.description = description


class DecodeError(AmqpError):
    """Octets that are no AMQP value, or a value that is not what stands in its place."""

    def __init__(self, description: str) -> None:
        super().__init__("amqp:decode-error", description)


class FramingError(AmqpError):
    """Octets that are no frame, or a frame beyond the agreed size."""

    def __init__(self, description: str) -> None:
        super().__init__("amqp:connection:framing-error", description)
