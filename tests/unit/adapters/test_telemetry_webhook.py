"""Alerts reach the webhook whatever it answered to the one before, and nothing else reaches it."""

import json
import logging
import socket
from collections.abc import Iterator
from queue import Queue
from threading import Thread

import pytest

from shared.adapters.telemetry_webhook import AlertingExporter
from shared.telemetry import LogExporter

FINE = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Webhook:
    """Answers each post with the next of its answers; `posted` has the bodies."""

    def __init__(self, *answers: bytes) -> None:
        self.posted: Queue[dict[str, object]] = Queue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(10)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._serving = Thread(target=self._serve, args=(answers,), daemon=True)
        self._serving.start()

    def close(self) -> None:
        self._serving.join(10)
        self._listener.close()

    def _serve(self, answers: tuple[bytes, ...]) -> None:
        for answer in answers:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rb") as asked:
                length = next(int(line.split(b":")[1]) for line in asked if line.lower().startswith(b"content-length"))
                while asked.readline().strip():
                    pass
                self.posted.put(json.loads(asked.read(length)))
                connection.sendall(answer)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook(b"nonsense, not HTTP\r\n\r\n", b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\n", FINE)
    yield made
    made.close()


def test_alerts_are_posted_whatever_came_back_for_those_before(webhook: Webhook) -> None:
    exporter = AlertingExporter(LogExporter(), webhook.url)
    exporter.event("files_concluded", logging.INFO, {"count": 0})
    for number in (1, 2, 3):
        exporter.event("bring_failed", logging.ERROR, {"count": number})
    said = [webhook.posted.get(timeout=10) for _ in range(3)]
    assert said == [{"alert": "bring_failed", "count": number} for number in (1, 2, 3)]
