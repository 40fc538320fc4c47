from collections.abc import Callable

import pytest

from local.service_bus.amqp.values import Symbol, Timestamp, UInt, Value
from local.service_bus.message import ANNOTATIONS, BODY, HEADER, PROPERTIES, Message, read_message, write_section


@pytest.fixture
def make_message() -> Callable[..., Message]:
    def make(message_id: str | None = None, *, ttl: int | None = None, scheduled_at: int | None = None) -> Message:
        annotations: dict[Value, Value] = {}
        if scheduled_at is not None:
            annotations[Symbol("x-opt-scheduled-enqueue-time")] = Timestamp(scheduled_at)
        return read_message(
            write_section(HEADER, [None, None, None if ttl is None else UInt(ttl)])
            + write_section(ANNOTATIONS, annotations)
            + write_section(PROPERTIES, [message_id])
            + write_section(BODY, b"body")
        )

    return make
