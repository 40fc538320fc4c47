"""Brings a run's files from blob storage to disk and what its tasks wrote back, in the order it was written."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobServiceClient

TRANSFERS_AT_ONCE = 4
HIDDEN = ("_", ".")  # Spark's own marker, checksum and scratch files

type Seen = dict[Path, tuple[int, int]]


class StagingError(Exception):
    """Blob storage did not give or take a file. The text names no path."""


class Staging:
    """One folder of one run that mirrors containers: `<folder>/<container>/<path>`."""

    def __init__(self, client: BlobServiceClient, folder: Path) -> None:
        self._client = client
        self._folder = folder
        self._seen: Seen = {}

    def fetch(self, manifest: str) -> None:
        """Downloads a manifest (`<container>/<path>`) and every file it names. StagingError when one can't be had."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._download(manifest)
            files = json.loads((self._folder / manifest).read_text(encoding="utf-8"))["files"]
            self._each(self._download, files)
        except (AzureError, OSError, ValueError, KeyError) as failed:
            raise StagingError(f"{type(failed).__name__}: the run's files could not be fetched") from failed
        self._seen = _files(self._folder)

    def send(self) -> int:
        """Uploads what is new or changed since the last call, oldest first; how many files that was."""
        present = _files(self._folder)
        changed = [path for path, stamp in present.items() if self._seen.get(path) != stamp]
        try:
            for path in sorted(changed, key=lambda path: (present[path], path)):
                self._upload(path)
        except (AzureError, OSError) as failed:
            raise StagingError(f"{type(failed).__name__}: the run's files could not be sent") from failed
        self._seen = present
        return len(changed)

    def _each(self, transfer: Callable[[str], None], references: Iterable[str]) -> None:
        with ThreadPoolExecutor(TRANSFERS_AT_ONCE) as pool:
            for _ in pool.map(transfer, references):
                pass

    def _download(self, reference: str) -> None:
        target = (self._folder / reference).resolve()
        if not target.is_relative_to(self._folder.resolve()):
            raise ValueError("a file reference leaves the storage root")
        target.parent.mkdir(parents=True, exist_ok=True)
        container, _, name = reference.partition("/")
        with target.open("wb") as file:
            self._client.get_blob_client(container, name).download_blob(max_concurrency=1).readinto(file)

    def _upload(self, path: Path) -> None:
        container, _, name = path.relative_to(self._folder).as_posix().partition("/")
        with path.open("rb") as file:
            self._client.get_blob_client(container, name).upload_blob(file, overwrite=True, max_concurrency=1)


def _files(folder: Path) -> Seen:
    """Every file below a container that readers may see, with what tells one state of it from another."""
    stamps: Seen = {}
    for path in folder.glob("*/**/*"):
        if path.is_file() and not any(part.startswith(HIDDEN) for part in path.relative_to(folder).parts[1:]):
            status = path.stat()
            stamps[path] = (status.st_mtime_ns, status.st_size)
    return stamps
