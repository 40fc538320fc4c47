"""A process has one set of services, however many messages are its first."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared import bootstrap, telemetry
from shared.adapters import telemetry as exporters
from shared.settings import Settings

SAMPLE = Path(__file__).parents[3] / "local.settings.sample.json"


def test_messages_that_come_first_together_share_services_and_exporter(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Settings] = []

    def slowly(settings: Settings) -> telemetry.Exporter:
        time.sleep(0.05)
        made.append(settings)
        return telemetry.LogExporter()

    for name, value in json.loads(SAMPLE.read_text())["Values"].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(exporters, "make_exporter", slowly)
    bootstrap._services.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        found = {id(each.result()) for each in [pool.submit(bootstrap.services) for _ in range(4)]}
    bootstrap._services.cache_clear()
    assert (len(found), len(made)) == (1, 1)
