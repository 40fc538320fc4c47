import pytest

from shared.model.file_version import ArrivalHint
from shared.pipeline.read_event import read_event

CREATED = "Microsoft.Storage.BlobCreated"
SUBJECT = "/blobServices/default/containers/landing/blobs/emr/hospital_a/2026-01-31/patients.csv"
NAME = "emr/hospital_a/2026-01-31/patients.csv"


def test_a_created_blob_in_landing_is_a_hint() -> None:
    data = {"api": "PutBlob", "eTag": '"0x8D4"', "sequencer": "00", "from_the_future": {}}
    assert read_event(CREATED, SUBJECT, data) == ArrivalHint(NAME, '"0x8D4"', "00")


@pytest.mark.parametrize("api", ["CreateFile", "AppendFile", "SomethingElse"])
def test_an_upload_that_is_not_final_is_no_hint(api: str) -> None:
    assert read_event(CREATED, SUBJECT, {"api": api, "contentLength": 0}) is None


@pytest.mark.parametrize("container", ["bronze", "quarantine", "landing2", "archive"])
def test_what_we_write_ourselves_never_comes_back_as_an_arrival(container: str) -> None:
    assert read_event(CREATED, SUBJECT.replace("/landing/", f"/{container}/"), {"api": "PutBlob"}) is None


@pytest.mark.parametrize("host", ["rcm.blob.core.windows.net", "rcm.dfs.core.windows.net"])
def test_a_rename_hints_at_its_destination_whatever_the_host(host: str) -> None:
    data = {"destinationUrl": f"https://{host}/landing/claims/hospital_a/2026-01-31/claims%20x.csv"}
    hint = read_event("Microsoft.Storage.BlobRenamed", SUBJECT, data)
    assert hint == ArrivalHint("claims/hospital_a/2026-01-31/claims x.csv")


@pytest.mark.parametrize("data", [None, [], "text", 3, {"destinationUrl": 4}, {"destinationUrl": "https://h/other/x"}])
def test_an_event_without_sense_is_no_hint(data: object) -> None:
    assert read_event("Microsoft.Storage.BlobRenamed", SUBJECT, data) is None
