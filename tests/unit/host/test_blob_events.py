"""Events carry what Azure Storage's carry; what is remembered of a blob does not say its name."""

from dataclasses import replace
from datetime import UTC, datetime

import azure.functions as func
import pytest
from azure.functions.eventgrid import EventGridEventInConverter
from azure.functions.meta import Datum

from local.host.event_grid.blob_events import FoundBlob, blob_created, event_input, event_text
from local.host.event_grid.switches import SwitchBoard

BLOB = FoundBlob(
    account="a",
    container="landing",
    name="emr/ä b.csv",
    etag="0x1",
    url="http://h/a/landing/emr/%C3%A4%20b.csv",
    length=7,
    content_type="text/csv",
    is_copy=False,
    modified_at=datetime(2026, 1, 31, 10, 0, tzinfo=UTC),
)


def test_azures_library_reads_the_event() -> None:
    value = event_input(event_text(blob_created(BLOB, 17))).value
    event = EventGridEventInConverter.decode(Datum(value.json, "json"), trigger_metadata=None)
    assert isinstance(event, func.EventGridEvent)
    assert event.event_type == "Microsoft.Storage.BlobCreated"
    assert event.event_time == BLOB.modified_at
    assert event.subject == "/blobServices/default/containers/landing/blobs/emr/ä b.csv"
    assert event.get_json()["contentLength"] == 7


def test_sequencers_sort_as_text() -> None:
    sequencers = [blob_created(BLOB, number)["data"]["sequencer"] for number in (9, 10, 255, 256)]
    assert sequencers == sorted(sequencers)


def test_a_fingerprint_is_one_version_of_one_blob() -> None:
    others = [replace(BLOB, etag="0x2"), replace(BLOB, name="other"), replace(BLOB, container="x")]
    assert BLOB.fingerprint == replace(BLOB, length=8).fingerprint
    assert BLOB.fingerprint not in {other.fingerprint for other in others}


def test_a_seed_fixes_the_order_of_shuffled_events() -> None:
    board = SwitchBoard()
    assert board.shuffled([1, 2, 3, 4]) == [1, 2, 3, 4]
    board.set({"shuffle": True, "seed": 1})
    first = board.shuffled(list(range(20)))
    board.set({"shuffle": True, "seed": 1})
    assert board.shuffled(list(range(20))) == first != list(range(20))


@pytest.mark.parametrize(
    "wanted", [{"drop": 1}, {"duplicate": 1.5}, {"duplicate": True}, {"delay_seconds": -1}, {"x": 1}]
)
def test_a_switch_of_the_wrong_kind_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="switch"):
        SwitchBoard().set(wanted)
