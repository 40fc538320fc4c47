"""The sink takes what Application Insights' exporters send."""

import gzip
import json
from collections.abc import Iterator

import pytest
import urllib3

from local.supervisor.world import World

pytestmark = pytest.mark.integration

MESSAGE = {"name": "m", "data": {"baseType": "MessageData", "baseData": {"message": "hello"}}}
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
