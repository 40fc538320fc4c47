"""Keeps telemetry in a list, so that tests can look for what must not be in it."""

from contextlib import AbstractContextManager, nullcontext

from shared.telemetry import Fields


class RecordingExporter:
    """Fulfils `Exporter`; `said` holds every event and measure in order, as text."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def event(self, name: str, severity: int, fields: Fields) -> None:
        self.said.append(f"{severity} {name} {dict(fields)}")

    def measure(self, name: str, value: float, fields: Fields) -> None:
        self.said.append(f"{name} {value} {dict(fields)}")

    def span(self, name: str, parent: str) -> AbstractContextManager[str]:
        self.said.append(f"span {name}")
        return nullcontext(parent)
