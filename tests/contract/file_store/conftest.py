"""The file stores under test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from azure.storage.blob import BlobServiceClient

from local.supervisor.world import World
from shared.adapters.azure_blob import AzureBlobStore
from shared.ports import FileStore
from shared.settings import Endpoint
from shared.testing.fake_file_store import FakeFileStore


@dataclass(frozen=True)
class Store:
    """A store, and what an outsider does to it."""

    files: FileStore
    upload: Callable[[str, bytes, dict[str, str]], object]


@pytest.fixture(scope="session")
def azurite_client(storage_and_bus: World) -> Iterator[BlobServiceClient]:
    with BlobServiceClient.from_connection_string(storage_and_bus.settings["RCM_STORAGE"]) as client:
        yield client


@pytest.fixture(params=["fake", pytest.param("azurite", marks=pytest.mark.integration)])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        fake = FakeFileStore()
        return Store(fake, lambda name, content, metadata: fake.upload("landing", name, content, metadata))
    client: BlobServiceClient = request.getfixturevalue("azurite_client")
    settings = request.getfixturevalue("storage_and_bus").settings

    def upload(name: str, content: bytes, metadata: dict[str, str]) -> None:
        client.get_blob_client("landing", name).upload_blob(content, overwrite=True, metadata=metadata)

    return Store(AzureBlobStore(Endpoint(settings["RCM_STORAGE"], "")), upload)


@pytest.fixture
def files(store: Store) -> FileStore:
    return store.files


@pytest.fixture
def folder() -> str:
    """A prefix of this test's own."""
    return uuid4().hex
