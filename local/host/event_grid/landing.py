"""Lists the landing container: what blob versions stand there now."""

from datetime import UTC, datetime, timedelta

import aiohttp
from azure.storage.blob import ContainerClient, generate_container_sas

from local.host.event_grid.blob_events import FoundBlob
from local.host.event_grid.listing import read_page

ANSWER_SECONDS = 30.0
API_VERSION = "2021-12-02"


class LandingError(Exception):
    """The container cannot be listed now; the text is the error's type or the HTTP status."""


class Landing:
    """One container of a storage account that is reached by its key; close it after use."""

    def __init__(self, connection_string: str, container: str) -> None:
        with ContainerClient.from_connection_string(connection_string, container) as client:
            self._account = str(client.account_name)
            self._key = str(client.credential.account_key)
            self._container = container
            self._url = client.url
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ANSWER_SECONDS))

    async def blobs(self) -> list[FoundBlob]:
        """Every blob, oldest change first. LandingError if the storage does not answer, or has no such container."""
        permission = self._permission()
        found, marker = await self._page(permission, "")
        while marker:
            more, marker = await self._page(permission, marker)
            found += more
        return sorted(found, key=lambda blob: (blob.modified_at, blob.name))

    async def close(self) -> None:
        await self._session.close()

    async def _page(self, permission: str, marker: str) -> tuple[list[FoundBlob], str]:
        query = {"restype": "container", "comp": "list", "include": "copy", "marker": marker}
        url = f"{self._url}?{permission}"
        try:
            async with self._session.get(url, params=query, headers={"x-ms-version": API_VERSION}) as answer:
                if answer.status != 200:
                    raise LandingError(str(answer.status))
                return read_page(await answer.read(), self._account, self._url)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise LandingError(type(error).__name__) from None

    def _permission(self) -> str:
        expiry = datetime.now(UTC) + timedelta(hours=1)
        return generate_container_sas(
            self._account, self._container, account_key=self._key, permission="l", expiry=expiry
        )
