"""Reads a blob range by range, pinned to one version, always one range ahead of the reader."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobClient

from shared.adapters.azure_access import MISSING, error_code
from shared.adapters.azure_blob_versions import why_refused
from shared.errors import TransientError, VersionChangedError
from shared.model.file_version import normalise_etag

BLOCK_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Range:
    """Some bytes of a blob, the version they are of, and how long that is in all."""

    content: bytes
    etag: str
    length: int


def read_blob(blob: BlobClient, etag: str | None) -> Iterator[bytes]:
    """The bytes in blocks; at most two blocks are held. Every range is of the version that the first one was of."""
    ready = _fetch(blob, 0, etag)
    position = len(ready.content)
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as pool:
        while position < ready.length:
            ahead = pool.submit(_fetch, blob, position, ready.etag)
            yield ready.content
            ready = ahead.result()
            position += len(ready.content)
    yield ready.content


def read_blob_range(blob: BlobClient, start: int, length: int, etag: str | None) -> bytes:
    """So many bytes from `start` on, fewer where the blob ends, all of one version."""
    blocks: list[bytes] = []
    end = start + length
    while start < end:
        part = _fetch(blob, start, etag, min(BLOCK_BYTES, end - start))
        blocks.append(part.content)
        start += len(part.content)
        end, etag = min(end, part.length), part.etag
    return b"".join(blocks)


def _fetch(blob: BlobClient, start: int, etag: str | None, count: int = BLOCK_BYTES) -> Range:
    condition: dict[str, Any] = {"etag": f'"{etag}"', "match_condition": MatchConditions.IfNotModified} if etag else {}
    try:
        stream = blob.download_blob(start, count, max_concurrency=1, **condition)
        content = next(stream.chunks())  # the one chunk of this range; readall would copy it twice
    except (ResourceModifiedError, ResourceNotFoundError) as error:
        if error_code(error) in MISSING:
            raise
        raise why_refused(blob, etag) from None
    except HttpResponseError as error:
        if error.status_code == 416 and start == 0:
            return _empty(blob, etag)
        raise
    length = int(str(stream.properties.content_range).rpartition("/")[2])
    if len(content) != min(count, length - start):
        raise TransientError("short_read")
    return Range(content, normalise_etag(stream.properties.etag), length)


def _empty(blob: BlobClient, etag: str | None) -> Range:
    """A blob without bytes has no range to ask for: its properties tell the version."""
    properties = blob.get_blob_properties()
    if properties.size or etag not in (None, normalise_etag(properties.etag)):
        raise VersionChangedError("version_changed")
    return Range(b"", normalise_etag(properties.etag), 0)
