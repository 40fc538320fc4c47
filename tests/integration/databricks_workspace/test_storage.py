"""Files of a run: fetched from blob storage before it, sent back after each of its tasks."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from azure.storage.blob import BlobServiceClient

from local.supervisor.world import World

pytestmark = [pytest.mark.integration, pytest.mark.slow]

CONTAINERS = ("bronze", "manifests", "reports", "copies")


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobServiceClient]:
    with (
        World(tmp_path_factory.mktemp("world"), ("azurite",)) as world,
        BlobServiceClient.from_connection_string(world.settings["RCM_STORAGE"]) as client,
    ):
        client.create_container("copies")
        yield client


@pytest.fixture(scope="module")
def workspace(make_workspace: Callable[..., Any], storage: BlobServiceClient) -> Any:
    credential = storage.credential
    parts = {
        "DefaultEndpointsProtocol": "http",
        "AccountName": storage.account_name,
        "AccountKey": credential.account_key,
        "BlobEndpoint": storage.url,
    }
    connection_string = ";".join(f"{name}={value}" for name, value in parts.items())
    return make_workspace("--without-spark", "--storage", connection_string)


def parameters(token: str) -> dict[str, str]:
    return {
        "storage_root": "azurite://{container}",
        "manifest_uri": f"azurite://manifests/{token}.json",
        "report_uri": f"azurite://reports/{token}",
        "lake_root": "lake",
        "token": token,
    }


def upload(storage: BlobServiceClient, reference: str, content: str) -> None:
    container, _, name = reference.partition("/")
    storage.get_blob_client(container, name).upload_blob(content)


def names_in(storage: BlobServiceClient, container: str) -> list[str]:
    return [str(name) for name in storage.get_container_client(container).list_blob_names()]


def test_a_run_reads_the_files_of_its_manifest_and_its_own_files_come_back(workspace: Any, storage: Any) -> None:
    files = [f"bronze/source/{number}.txt" for number in range(5)]
    for number, reference in enumerate(files):
        upload(storage, reference, f"content {number}")
    upload(storage, "bronze/source/not-named.txt", "not for this run")
    upload(storage, "manifests/t1.json", json.dumps({"files": files}))
    run = workspace.ended(workspace.run_now("copy_files", **parameters("t1")))
    assert run.state.result_state.value == "SUCCESS"
    assert names_in(storage, "copies") == [f"{number}.txt" for number in range(5)]
    assert storage.get_blob_client("copies", "3.txt").download_blob().readall() == b"content 3"
    assert names_in(storage, "reports") == ["t1/second/part-00000.txt"]
    assert (workspace.folder / "lake" / "table").read_text() == "a table"
    assert list((workspace.folder / "state" / "scratch").iterdir()) == []


def test_a_run_whose_files_are_missing_is_an_internal_error_that_names_no_path(workspace: Any, storage: Any) -> None:
    upload(storage, "manifests/t2.json", json.dumps({"files": ["bronze/source/absent.txt"]}))
    run = workspace.ended(workspace.run_now("copy_files", **parameters("t2")))
    assert run.state.life_cycle_state.value == "INTERNAL_ERROR"
    assert run.state.state_message == "ResourceNotFoundError: the run's files could not be fetched"


def test_a_manifest_can_not_lead_out_of_the_storage_root(workspace: Any, storage: Any) -> None:
    upload(storage, "manifests/t3.json", json.dumps({"files": ["bronze/../../../../escaped.txt"]}))
    run = workspace.ended(workspace.run_now("copy_files", **parameters("t3")))
    assert run.state.life_cycle_state.value == "INTERNAL_ERROR"
    assert not list(workspace.folder.rglob("escaped.txt"))
