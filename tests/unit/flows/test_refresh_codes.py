"""What refresh_codes counts as looked up is in a durable file."""

import json
from dataclasses import replace
from datetime import date

import pytest

from shared.errors import RcmError, TransientError
from shared.flows.refresh_codes import refresh_codes
from shared.metadata import Metadata
from shared.testing.fake_ports import FakePorts
from shared.testing.gate import Phase, open_gate
from shared.testing.surroundings import EDITIONS, NPIS, Surroundings, simulated_metadata

A_MONTH = 31 * 24 * 3600.0


@pytest.fixture
def ports(metadata: Metadata) -> FakePorts:
    known = simulated_metadata(metadata)
    ports = FakePorts(replace(known, code_sets={"npi": known.code_sets["npi"]}))
    Surroundings(ports)
    return ports


@pytest.fixture
def publisher(metadata: Metadata) -> FakePorts:
    """Of editions by a calendar; the newest that there is has been brought."""
    known = simulated_metadata(metadata)
    ports = FakePorts(replace(known, code_sets={"hcpcs": known.code_sets["hcpcs"]}))
    Surroundings(ports)
    refresh_codes(ports)
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


def test_an_edition_that_is_looked_at_again_and_is_the_same_is_not_brought_again(publisher: FakePorts) -> None:
    writes = publisher.files.writes
    publisher.clock.advance(A_MONTH)
    refresh_codes(publisher)
    assert publisher.files.writes == writes


def test_an_edition_that_its_publisher_took_away_is_not_replaced_by_an_older_one(publisher: FakePorts) -> None:
    writes, answers = publisher.files.writes, publisher.fake_code_apis.answers["cms"]
    newest = EDITIONS[date(2025, 10, 1)]
    answers[newest.replace("october", "july")] = answers.pop(newest)
    publisher.clock.advance(A_MONTH)
    with pytest.raises(RcmError):
        refresh_codes(publisher)
    assert publisher.files.writes == writes
