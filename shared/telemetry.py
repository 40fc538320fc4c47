"""Structured events, measures and spans for operations. Only allow-listed fields pass; values of records never do.

Where they go is an exporter's business (`shared.adapters.telemetry_*`), installed once by `bootstrap`; until then they
are records of the logger `rcm`.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final, Protocol

type Field = str | int | float
type Fields = Mapping[str, Field]

LOGGER: Final = logging.getLogger("rcm")
ALLOWED_FIELDS: Final = frozenset(
    {
        *("file_version_id", "generation", "source_id", "status", "reason", "kind", "request_id", "extract_id"),
        *("code_set_id", "token", "databricks_job", "state", "members", "records", "comparison", "queue", "count"),
        *("table", "sequence", "finding", "seconds", "function"),
    }
)
SAFE_TEXT: Final = re.compile(r"[A-Za-z0-9_.:+=-]{0,128}")
HIDDEN: Final = "hidden"


class Exporter(Protocol):
    """Carries telemetry out. Nothing it does may fail or delay the work: it swallows its own faults."""

    def event(self, name: str, severity: int, fields: Fields) -> None: ...

    def measure(self, name: str, value: float, fields: Fields) -> None: ...

    def span(self, name: str, parent: str) -> AbstractContextManager[str]:
        """A span under a W3C parent ("" for a new trace); gives its own trace context."""


class LogExporter:
    """Telemetry as log records: what a machine without Application Insights gets."""

    def event(self, name: str, severity: int, fields: Fields) -> None:
        LOGGER.log(severity, name, extra={"rcm": dict(fields)})

    def measure(self, name: str, value: float, fields: Fields) -> None:
        LOGGER.debug(name, extra={"rcm": {"value": value, **fields}})

    def span(self, name: str, parent: str) -> AbstractContextManager[str]:
        LOGGER.debug(name)
        return nullcontext(parent)


_exporters: list[Exporter] = [LogExporter()]
_trace: ContextVar[str] = ContextVar("traceparent", default="")


def install(exporter: Exporter) -> None:
    """Makes `exporter` the one that carries telemetry out from now on."""
    _exporters[:] = [exporter]


def event(name: str, **fields: Field) -> None:
    """Something happened that an operator may search for."""
    _exporters[0].event(name, logging.INFO, shown(fields))


def alert(name: str, **fields: Field) -> None:
    """An event that should wake somebody."""
    _exporters[0].event(name, logging.ERROR, shown(fields))


def measure(name: str, value: float, **fields: Field) -> None:
    """Adds to a counter or, for names that end in `_seconds`, records a duration."""
    _exporters[0].measure(name, value, shown(fields))


def traceparent() -> str:
    """The W3C trace context of the span at work, or ""."""
    return _trace.get()


@contextmanager
def span(name: str, parent: str = "") -> Iterator[None]:
    """Times a piece of work as one span, child of `parent` or of the span at work."""
    with _exporters[0].span(name, parent or traceparent()) as context:
        reset = _trace.set(context)
        try:
            yield
        finally:
            _trace.reset(reset)


def shown(fields: Fields) -> dict[str, Field]:
    """The fields that may be shown: known names, and texts that are ids or codes; others read `hidden`."""
    return {name: _safe(value) for name, value in fields.items() if name in ALLOWED_FIELDS}


def _safe(value: Field) -> Field:
    return value if not isinstance(value, str) or SAFE_TEXT.fullmatch(value) else HIDDEN
