"""Structured events, measures and spans for operations. Only allow-listed fields pass; values of records never do.

What happens to them is the exporter's business (`shared.adapters.telemetry_*`); without one they are log records.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOGGER = logging.getLogger("rcm")
_TRACE: ContextVar[str] = ContextVar("traceparent", default="")


def event(name: str, **fields: str | int | float) -> None:
    """Something happened that an operator may search for."""
    LOGGER.info(name, extra={"rcm": fields})


def measure(name: str, value: float, **fields: str | int | float) -> None:
    """Adds to a counter or records a duration in seconds."""
    LOGGER.debug(name, extra={"rcm": {"value": value, **fields}})


def alert(name: str, **fields: str | int | float) -> None:
    """An event that should wake somebody."""
    LOGGER.error(name, extra={"rcm": fields})


def traceparent() -> str:
    """The W3C trace context of the span at work, or ""."""
    return _TRACE.get()


@contextmanager
def span(name: str, parent: str = "") -> Iterator[None]:
    """Times a piece of work as one span, child of `parent`."""
    token = _TRACE.set(parent)
    try:
        yield
    finally:
        _TRACE.reset(token)
        LOGGER.debug(name)
