"""Blobs in landing become BlobCreated events, delivered at least once."""

from collections.abc import Callable
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

from local.supervisor.world import World

pytestmark = pytest.mark.integration

Read = Callable[..., list[dict[str, Any]]]
Eventually = Callable[[Callable[[], Any]], Any]
Switch = Callable[..., dict[str, Any]]


def test_a_blob_in_landing_is_told_as_azure_tells_it(
    landing: ContainerClient, notes: Read, eventually: Eventually
) -> None:
    etag = landing.upload_blob("emr/plain é.csv", b"12345")
    (note,) = eventually(lambda: notes("arrive", "plain"))
    assert note["type"] == "Microsoft.Storage.BlobCreated"
    assert note["subject"] == "/blobServices/default/containers/landing/blobs/emr/plain é.csv"
    assert note["data"]["api"] == "PutBlob"
    assert note["data"]["contentLength"] == 5
    assert note["data"]["url"] == etag.url
    assert note["data"]["eTag"] == etag.get_blob_properties().etag.strip('"')


def test_a_blob_written_again_is_told_again_later_in_sequence(
    landing: ContainerClient, notes: Read, eventually: Eventually
) -> None:
    landing.upload_blob("twice.csv", b"1")
    eventually(lambda: notes("arrive", "twice.csv"))
    landing.upload_blob("twice.csv", b"2", overwrite=True)
    first, second = eventually(lambda: found if len(found := notes("arrive", "twice.csv")) == 2 else None)
    assert first["data"]["sequencer"] < second["data"]["sequencer"]
    assert first["data"]["eTag"] != second["data"]["eTag"]


def test_a_copy_is_told_as_a_copy(landing: ContainerClient, notes: Read, eventually: Eventually) -> None:
    original = landing.upload_blob("original.csv", b"1")
    landing.get_blob_client("copied.csv").start_copy_from_url(original.url)
    (note,) = eventually(lambda: notes("arrive", "blobs/copied.csv"))
    assert note["data"]["api"] == "CopyBlob"


def test_an_event_that_is_not_taken_comes_again(landing: ContainerClient, notes: Read, eventually: Eventually) -> None:
    landing.upload_blob("fail-once.csv", b"1")
    first, second = eventually(lambda: found if len(found := notes("arrive", "fail-once")) == 2 else None)
    assert first["id"] == second["id"]


def test_an_event_without_an_answer_in_time_comes_again(
    landing: ContainerClient, notes: Read, eventually: Eventually
) -> None:
    landing.upload_blob("slow-once.csv", b"1")
    first, second = eventually(lambda: found if len(found := notes("arrive", "slow-once")) == 2 else None)
    assert first["id"] == second["id"]


def test_an_event_is_given_up_after_its_last_try(
    landing: ContainerClient, notes: Read, eventually: Eventually, switch: Switch
) -> None:
    given_up_before = switch()["counts"]["given_up"]
    landing.upload_blob("fail-always.csv", b"1")
    eventually(lambda: switch()["counts"]["given_up"] == given_up_before + 1)
    assert len(notes("arrive", "fail-always")) == 3


def test_duplicates_carry_the_same_event(
    landing: ContainerClient, notes: Read, eventually: Eventually, switch: Switch
) -> None:
    switch(duplicate=3)
    landing.upload_blob("thrice.csv", b"1")
    told = eventually(lambda: found if len(found := notes("arrive", "thrice")) == 3 else None)
    assert len({note["id"] for note in told}) == 1


def test_a_dropped_event_never_comes(
    landing: ContainerClient, notes: Read, eventually: Eventually, switch: Switch
) -> None:
    dropped_before = switch(drop=True)["counts"]["dropped"]
    landing.upload_blob("dropped.csv", b"1")
    eventually(lambda: switch(drop=True)["counts"]["dropped"] > dropped_before)
    switch()
    landing.upload_blob("after the drop.csv", b"1")
    eventually(lambda: notes("arrive", "after the drop"))
    assert notes("arrive", "dropped.csv") == []


def test_shuffled_events_all_come(
    landing: ContainerClient, notes: Read, eventually: Eventually, switch: Switch
) -> None:
    switch(shuffle=True, seed=7, delay_seconds=0.1)
    for number in range(10):
        landing.upload_blob(f"shuffled-{number}.csv", b"1")
    eventually(lambda: len(notes("arrive", "shuffled-")) == 10)


def test_an_unknown_switch_is_refused_by_name(world: World, call: Callable[..., Any]) -> None:
    answer = call("PUT", "/admin/local/event-grid", world.master_key, json={"lose": True})
    assert (answer.status, b"unknown switch lose" in answer.data) == (400, True)
