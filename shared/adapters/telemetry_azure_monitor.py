"""Telemetry to Application Insights by OpenTelemetry: logs, custom metrics and spans of one trace across messages."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azure.monitor.opentelemetry import configure_azure_monitor
from opentelemetry import metrics, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.telemetry import Fields

LOGGER_NAME = "rcm.telemetry"
INSTRUMENTATIONS = ("azure_sdk", "django", "fastapi", "flask", "psycopg2", "requests", "urllib", "urllib3")
PROPAGATOR = TraceContextTextMapPropagator()


class AzureMonitorExporter:
    """Sends in the background, keeps nothing on disk: what can't be sent is dropped, never stored in clear."""

    def __init__(self, connection_string: str) -> None:
        configure_azure_monitor(
            connection_string=connection_string,
            logger_name=LOGGER_NAME,
            disable_offline_storage=True,
            enable_live_metrics=False,
            instrumentation_options={name: {"enabled": False} for name in INSTRUMENTATIONS},
        )
        self._logger = logging.getLogger(LOGGER_NAME)
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False  # the worker sends on what reaches the root: it would come twice
        self._meter = metrics.get_meter("rcm")
        self._tracer = trace.get_tracer("rcm")
        self._instruments: dict[str, Any] = {}

    def event(self, name: str, severity: int, fields: Fields) -> None:
        self._logger.log(severity, name, extra=dict(fields))

    def measure(self, name: str, value: float, fields: Fields) -> None:
        if name.endswith("_seconds"):
            self._instrument(name, self._meter.create_histogram).record(value, dict(fields))
        else:
            self._instrument(name, self._meter.create_counter).add(value, dict(fields))

    @contextmanager
    def span(self, name: str, parent: str) -> Iterator[str]:
        context = PROPAGATOR.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(name, context=context, record_exception=False):
            carrier: dict[str, str] = {}
            PROPAGATOR.inject(carrier)
            yield carrier.get("traceparent", "")

    def _instrument(self, name: str, create: Any) -> Any:
        if name not in self._instruments:
            self._instruments[name] = create(name)
        return self._instruments[name]
