"""Telemetry to Application Insights by opencensus-ext-azure, for sites that still run it (support ended in 2024)."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from opencensus.ext.azure.log_exporter import AzureEventHandler
from opencensus.ext.azure.trace_exporter import AzureExporter
from opencensus.trace.propagation.trace_context_http_header_format import TraceContextPropagator
from opencensus.trace.samplers import AlwaysOnSampler
from opencensus.trace.tracer import Tracer

from shared.telemetry import Fields

LOGGER_NAME = "rcm.telemetry"
PROPAGATOR = TraceContextPropagator()


class OpenCensusExporter:
    """Events and measures leave as custom events with measurements, spans as requests; nothing is kept on disk."""

    def __init__(self, connection_string: str) -> None:
        handler = AzureEventHandler(connection_string=connection_string, enable_local_storage=False)
        handler.lock = threading.RLock()  # it sets None, and logging of Python 3.13 enters it
        self._logger = logging.getLogger(LOGGER_NAME)
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False  # the worker sends on what reaches the root: it would come twice
        self._logger.handlers = [handler]
        self._traces = AzureExporter(connection_string=connection_string, enable_local_storage=False)

    def event(self, name: str, severity: int, fields: Fields) -> None:
        self._logger.log(severity, name, extra={"custom_dimensions": dict(fields)})

    def measure(self, name: str, value: float, fields: Fields) -> None:
        extra = {"custom_dimensions": dict(fields), "custom_measurements": {"value": value}}
        self._logger.info(name, extra=extra)

    @contextmanager
    def span(self, name: str, parent: str) -> Iterator[str]:
        context = PROPAGATOR.from_headers({"traceparent": parent})
        tracer = Tracer(span_context=context, exporter=self._traces, sampler=AlwaysOnSampler(), propagator=PROPAGATOR)
        with tracer.span(name=name):
            yield PROPAGATOR.to_headers(tracer.span_context).get("traceparent", "")
