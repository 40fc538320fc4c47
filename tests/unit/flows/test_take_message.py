"""What becomes of a message that can't be worked: given back where a newer program may know it, else parked once."""

import json
from collections.abc import Callable

import pytest

from shared.errors import TransientError
from shared.flows.take_message import take_ingestion_request, take_run_request
from shared.testing.fake_ports import FakePorts
from shared.testing.recording_exporter import RecordingExporter

TAKERS: tuple[Callable[[FakePorts, bytes, str], None], ...] = (take_ingestion_request, take_run_request)


def parked(ports: FakePorts) -> dict[str, object]:
    rows = ports.ledger.tables["requests"].get("parked", {})
    return {key: stored.row.values["reason"] for key, stored in rows.items()}


@pytest.mark.parametrize("take", TAKERS)
def test_a_type_of_another_version_is_given_back(ports: FakePorts, take: Callable[..., None]) -> None:
    with pytest.raises(TransientError, match="unknown_message_type"):
        take(ports, json.dumps({"type": "ingestion.requested.v9"}).encode(), "m")
    assert parked(ports) == {}


@pytest.mark.parametrize(
    ("take", "said"),
    [
        (take_ingestion_request, {}),
        (take_ingestion_request, {"type": "ingestion.requested.v1"}),
        (take_run_request, {}),
        (take_run_request, {"type": "ingestion.landed.v1"}),
    ],
)
def test_a_message_without_its_fields_is_parked(ports: FakePorts, take: Callable[..., None], said: object) -> None:
    take(ports, json.dumps(said).encode(), "m")
    assert parked(ports) == {"m": "bad_message"}


@pytest.mark.parametrize(("message_id", "key"), [("", "unnamed"), ("a/b#c", "a_b_c"), ("x" * 5_000, "x" * 200)])
def test_a_message_of_any_id_is_parked_once_and_told_once(
    ports: FakePorts, told: RecordingExporter, message_id: str, key: str
) -> None:
    for _ in range(2):
        take_ingestion_request(ports, b"{}", message_id)
    assert list(parked(ports)) == [key]
    assert sum("message_parked" in text for text in told.said) == 1
