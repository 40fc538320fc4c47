"""Files in Azure Blob Storage."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobProperties, BlobServiceClient, ContentSettings

from shared.adapters.azure_access import MISSING, QUIET, credential, error_code, translated
from shared.adapters.azure_blob_copy import copy_version
from shared.adapters.azure_blob_read import BLOCK_BYTES, read_blob, read_blob_range
from shared.adapters.azure_blob_stage import staged_blob
from shared.adapters.azure_blob_versions import look
from shared.model.file_version import BlobVersion, normalise_etag
from shared.ports import ByteSink
from shared.settings import Endpoint

SERVICE = "storage"
BYTES = ContentSettings(content_type="application/octet-stream")
DIRECTORY = "hdi_isfolder"  # marks the directories of accounts with a hierarchical namespace
OPTIONS: dict[str, Any] = {
    "logger": QUIET,
    "max_single_get_size": BLOCK_BYTES,
    "max_chunk_get_size": BLOCK_BYTES,
    "connection_timeout": 5,
    "read_timeout": 60,
    "initial_backoff": 1,  # seconds; the SDK's own first wait is 15
    "increment_base": 2,
    "random_jitter_range": 1,
    "retry_total": 3,
}


class AzureBlobStore:
    """Fulfils `FileStore`. Containers are made by whoever sets up the account: a missing one is a ConfigurationError.

    An answer lost on the way makes `create` and `archive` say False of a blob that this very call wrote.
    """

    def __init__(self, storage: Endpoint) -> None:
        if storage.connection_string:
            self._service = BlobServiceClient.from_connection_string(storage.connection_string, **OPTIONS)
        else:
            url = f"https://{storage.name}.blob.core.windows.net"
            self._service = BlobServiceClient(url, credential(), **OPTIONS)

    @property
    def account(self) -> str:
        return str(self._service.account_name)

    def describe(self, container: str, name: str) -> BlobVersion | None:
        with translated(SERVICE):
            properties = look(self._service.get_blob_client(container, name))
        return self._version(properties) if properties else None

    def list(self, container: str, prefix: str = "") -> Iterator[BlobVersion]:
        blobs = self._service.get_container_client(container).list_blobs(prefix or None, include=["metadata", "copy"])
        with translated(SERVICE):
            for properties in blobs:
                version = self._version(properties)
                if version:
                    yield version

    def read(self, container: str, name: str, etag: str | None = None) -> Iterator[bytes]:
        with translated(SERVICE):
            yield from read_blob(self._service.get_blob_client(container, name), etag)

    def read_range(self, container: str, name: str, start: int, length: int, etag: str | None = None) -> bytes:
        with translated(SERVICE):
            return read_blob_range(self._service.get_blob_client(container, name), start, length, etag)

    def stage(self, container: str, name: str) -> AbstractContextManager[ByteSink]:
        return staged_blob(self._service.get_blob_client(container, name), BYTES)

    def create(self, container: str, name: str, data: bytes) -> bool:
        blob = self._service.get_blob_client(container, name)
        with translated(SERVICE):
            try:
                blob.upload_blob(data, content_settings=BYTES, match_condition=MatchConditions.IfMissing)
            except (ResourceExistsError, ResourceModifiedError):
                return False
        return True

    def archive(self, version: BlobVersion, container: str, name: str) -> bool:
        source = self._service.get_blob_client(version.container, version.name)
        with translated(SERVICE):
            return copy_version(source, version.etag, self._service.get_blob_client(container, name))

    def delete(self, container: str, name: str) -> None:
        with translated(SERVICE):
            try:
                self._service.get_blob_client(container, name).delete_blob("include")
            except ResourceNotFoundError as error:
                if error_code(error) in MISSING:
                    raise

    def _version(self, properties: BlobProperties) -> BlobVersion | None:
        """What the properties say, or None for a directory."""
        metadata = properties.metadata or {}
        if metadata.get(DIRECTORY) == "true":
            return None
        return BlobVersion(
            account=self.account,
            container=str(properties.container),
            name=str(properties.name),
            etag=normalise_etag(properties.etag or ""),
            length=properties.size,
            last_modified=properties.last_modified,
            copy_pending=properties.copy.status == "pending",
            metadata=metadata,
        )
