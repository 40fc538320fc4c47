"""Lists the landing container: what blob versions stand there now."""

from collections.abc import AsyncIterator

from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import ContainerClient

from local.host.app_settings import Connection
from local.host.event_grid.blob_events import FoundBlob


class Landing:
    """One container of a storage account; close it after use."""

    def __init__(self, connection: Connection, container: str) -> None:
        # The next poll is the retry; the SDK's own would wait a quarter of a minute.
        self._client = ContainerClient.from_connection_string(connection.connection_string, container, retry_total=0)

    async def blobs(self) -> list[FoundBlob]:
        """Every blob, oldest change first. Raises the SDK's AzureError; a container that is missing is one."""
        return sorted([blob async for blob in self._listing()], key=lambda blob: (blob.modified_at, blob.name))

    async def close(self) -> None:
        await self._client.close()

    async def _listing(self) -> AsyncIterator[FoundBlob]:
        async for properties in self._client.list_blobs(include=["copy"]):
            yield self._found(properties)

    def _found(self, properties: BlobProperties) -> FoundBlob:
        return FoundBlob(
            account=str(self._client.account_name),
            container=self._client.container_name,
            name=properties.name,
            etag=properties.etag.strip('"'),
            url=self._client.get_blob_client(properties.name).url,
            length=properties.size,
            content_type=properties.content_settings.content_type or "application/octet-stream",
            is_copy=properties.copy.id is not None,
            modified_at=properties.last_modified,
        )
