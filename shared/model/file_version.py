"""The exact bytes that arrived at a path, and their identity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

LANDING = "landing"
ARCHIVE = "archive"


def normalise_etag(etag: str) -> str:
    """ETags come quoted, bare or weak, by service and SDK; one form for all."""
    return etag.strip().removeprefix("W/").strip('"')


def file_version_id(account: str, container: str, name: str, etag: str) -> str:
    """`sha256(account | container | blob name | normalised ETag)`, 64 hex digits."""
    parts = (account, container, name, normalise_etag(etag))
    return sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BlobVersion:
    """What the store says is at a path now: normalised `etag`, `length` in bytes, `copy_pending` while a copy fills it.

    `metadata` is what the producer said beside the bytes (control totals); it takes no part in equality.
    """

    account: str
    container: str
    name: str
    etag: str
    length: int
    last_modified: datetime
    copy_pending: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def file_version_id(self) -> str:
        return file_version_id(self.account, self.container, self.name, self.etag)


@dataclass(frozen=True, slots=True)
class ArrivalHint:
    """What an event, a listing or a person says of a blob in landing: worth looking, never believed."""

    name: str
    etag: str | None = None
    sequencer: str = ""
