"""Whatever is sent to the endpoint or put on a queue: one clear answer, or given back, or parked; never a traceback."""

import json
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.answer import answer
from shared.errors import TransientError
from shared.flows.take_message import take_ingestion_request, take_run_request
from shared.flows.take_request import take_request
from shared.metadata import Metadata, load_metadata
from shared.model.events import FOLLOW_DUE, INGESTION_LANDED, INGESTION_REQUESTED, REPROCESS_REQUESTED, START_DUE
from shared.testing.fake_ports import FakePorts

METADATA = Path(__file__).parents[3] / "metadata"
SOON = timedelta(seconds=5)
ODD = st.sampled_from(["", "\ud800", "a/b", "\x00", "x" * 2_000, "../..", "2026-01-31", "rcm_medallion", "0" * 64])
VALUES = ODD | st.text(max_size=20) | st.integers() | st.booleans() | st.none() | st.lists(ODD, max_size=3)
WAYS = ("file_version_ids", "path_prefix", "source_id", "databricks_run", "from", "to", "dry_run", "release", "x")
REQUESTS = st.dictionaries(st.sampled_from(WAYS), VALUES | st.just(["0" * 64]), max_size=3)
TYPES = (INGESTION_REQUESTED, REPROCESS_REQUESTED, INGESTION_LANDED, START_DUE, FOLLOW_DUE, "x.v9")
FIELDS = ("file_version_id", "generation", "day", "request_id", "offset", "databricks_job", "token", "follow_number")


@cache
def metadata() -> Metadata:
    return load_metadata(METADATA)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    said: dict[str, Any] = {name: draw(VALUES) for name in FIELDS if draw(st.booleans())}
    return json.dumps({"type": draw(st.sampled_from(TYPES)), **said}).encode()


@settings(max_examples=80, deadline=SOON, derandomize=True)
@given(body=REQUESTS.map(lambda said: json.dumps(said).encode()) | st.binary(max_size=200), key=st.text(max_size=250))
def test_any_request_is_accepted_or_refused_with_a_code(body: bytes, key: str) -> None:
    ports = FakePorts(metadata())
    said = answer(lambda: take_request(ports, "reprocess", body, "application/json", "ann", key))
    assert said.status_code in (202, 400, 404, 413, 422)
    assert json.loads(said.get_body())


@settings(max_examples=150, deadline=SOON, derandomize=True)
@given(body=messages() | st.binary(max_size=200), message_id=st.text(max_size=40))
def test_any_message_is_worked_given_back_or_parked(body: bytes, message_id: str) -> None:
    ports = FakePorts(metadata())
    for take in (take_ingestion_request, take_run_request):
        with suppress(TransientError):
            take(ports, body, message_id)
    assert not any(ports.ledger.tables["ledger"].values())
