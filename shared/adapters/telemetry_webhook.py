"""Tells alerts to one webhook beside whatever else carries telemetry: a name and allow-listed fields, never more."""

import json
import logging
import threading
from contextlib import AbstractContextManager
from http.client import HTTPException
from queue import Full, Queue
from urllib.request import Request, urlopen

from shared.telemetry import Exporter, Fields

MOST_WAITING = 100
SECONDS = 10


class AlertingExporter:
    """Passes everything on to `inner`; posts alerts from a thread of its own, and waits for no webhook that fails."""

    def __init__(self, inner: Exporter, url: str) -> None:
        self._inner = inner
        self._url = url
        self._waiting: Queue[bytes] = Queue(MOST_WAITING)
        threading.Thread(target=self._post_all, name="alerts", daemon=True).start()

    def event(self, name: str, severity: int, fields: Fields) -> None:
        self._inner.event(name, severity, fields)
        if severity >= logging.ERROR:
            self._put(json.dumps({"alert": name, **fields}).encode())

    def measure(self, name: str, value: float, fields: Fields) -> None:
        self._inner.measure(name, value, fields)

    def span(self, name: str, parent: str) -> AbstractContextManager[str]:
        return self._inner.span(name, parent)

    def _put(self, body: bytes) -> None:
        try:
            self._waiting.put_nowait(body)
        except Full:
            self._inner.event("alert_not_posted", logging.WARNING, {})

    def _post_all(self) -> None:
        while True:
            body = self._waiting.get()
            request = Request(self._url, body, {"Content-Type": "application/json"})  # noqa: S310  # settings let no other scheme in
            try:
                urlopen(request, timeout=SECONDS).close()  # noqa: S310
            except (OSError, HTTPException, ValueError):  # whatever a server says, the next alert is posted too
                self._inner.event("alert_not_posted", logging.WARNING, {})
