"""The trace context that came with a message."""

import azure.functions as func

NAMES = ("Diagnostic-Id", "traceparent")


def trace_of(message: func.ServiceBusMessage) -> str:
    """The W3C trace context that the sender put on, or ""."""
    properties = message.application_properties or {}
    return next((str(properties[name]) for name in NAMES if name in properties), "")
