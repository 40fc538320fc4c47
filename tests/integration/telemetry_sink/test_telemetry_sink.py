"""The sink takes what Application Insights' exporters send, and these send what the program says."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import urllib3

from local.supervisor.service import REPOSITORY
from local.supervisor.world import World

pytestmark = pytest.mark.integration

MESSAGE = {"name": "m", "data": {"baseType": "MessageData", "baseData": {"message": "hello"}}}
EXPORTERS = {"azure_monitor": "AzureMonitorExporter", "opencensus": "OpenCensusExporter"}
# What the Functions worker does with its root logger, the test does with standard output.
SPEAK = """
import logging, sys
logging.basicConfig(level=logging.INFO, stream=sys.stdout)
from shared.adapters.telemetry_{module} import {exporter}
told = {exporter}("InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=" + sys.argv[1])
told.event("bring_failed", logging.ERROR, {{"reason": "said_by_{module}"}})
"""
METRIC = {"name": "n", "data": {"baseType": "MetricData"}}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with World(tmp_path_factory.mktemp("sink"), ("telemetry_sink",)) as world:
        yield world.address("telemetry_sink")


def test_compressed_envelopes_are_kept_and_found_by_type(address: str) -> None:
    body = gzip.compress(json.dumps([MESSAGE, METRIC]).encode())
    answer = urllib3.request("POST", f"{address}/v2.1/track", body=body, headers={"Content-Encoding": "gzip"})
    assert answer.json() == {"itemsReceived": 2, "itemsAccepted": 2, "errors": []}
    assert MESSAGE in urllib3.request("GET", f"{address}/envelopes?type=MessageData").json()
    assert METRIC not in urllib3.request("GET", f"{address}/envelopes?type=MessageData").json()


def test_envelopes_line_by_line_are_taken_too(address: str) -> None:
    body = "\n".join(json.dumps(envelope) for envelope in (MESSAGE, METRIC))
    assert urllib3.request("POST", f"{address}/v2/track", body=body.encode()).json()["itemsAccepted"] == 2


@pytest.mark.parametrize("body", [b"nonsense", b"[1]", b"[" * 100_000, b"\xff"])
def test_what_is_no_envelope_is_refused(address: str, body: bytes) -> None:
    assert urllib3.request("POST", f"{address}/v2.1/track", body=body).status == 400


@pytest.mark.parametrize("module", EXPORTERS)
def test_an_event_leaves_by_its_exporter_and_by_no_other_way(address: str, module: str) -> None:
    script = SPEAK.format(module=module, exporter=EXPORTERS[module])
    said = subprocess.check_output([sys.executable, "-c", script, address], cwd=REPOSITORY, text=True)
    assert "bring_failed" not in said
    envelopes = urllib3.request("GET", f"{address}/envelopes").data.decode()
    assert f"said_by_{module}" in envelopes
