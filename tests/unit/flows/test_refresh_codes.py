"""What refresh_codes counts as looked up is in a durable file."""

import json
from dataclasses import replace

import pytest

from shared.errors import TransientError
from shared.flows.refresh_codes import refresh_codes
from shared.metadata import Metadata
from shared.testing.fake_ports import FakePorts
from shared.testing.gate import Phase, open_gate
from shared.testing.surroundings import NPIS, Surroundings, simulated_metadata


@pytest.fixture
def ports(metadata: Metadata) -> FakePorts:
    known = simulated_metadata(metadata)
    ports = FakePorts(replace(known, code_sets={"npi": known.code_sets["npi"]}))
    Surroundings(ports)
    return ports


def fail_to_stage(operation: str, phase: Phase) -> None:
    if (operation, phase) == ("files.stage", "before"):
        raise TransientError("storage_unavailable")


def test_codes_count_as_looked_up_only_once_their_file_is_durable(ports: FakePorts) -> None:
    ports.files.gate = fail_to_stage
    with pytest.raises(TransientError):
        refresh_codes(ports)
    ports.files.gate = open_gate
    refresh_codes(ports)
    (blob,) = ports.files.blobs["landing"].values()
    assert {json.loads(line)["npi"] for line in blob.content.splitlines()} == set(NPIS)


def test_codes_that_were_looked_up_are_not_asked_for_again_the_same_day(ports: FakePorts) -> None:
    refresh_codes(ports)
    writes = ports.files.writes
    refresh_codes(ports)
    assert ports.files.writes == writes
