"""A file store in a folder: what the flows write is where Spark reads it, and memory stays flat whatever the size."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from shared.errors import FileGoneError, VersionChangedError
from shared.model.file_version import LANDING, BlobVersion
from shared.ports import ByteSink, Clock

CHUNK_BYTES = 1024 * 1024
STAGED = ".staged"
HIDDEN = ("_", ".")  # Spark's own marks and checksums on a disk


class FolderStore:
    """Fulfils `FileStore` for one process: blob `<container>/<name>` is the file below `root`.

    A blob's version is its length and time of change; time is the clock's, in whole seconds as on Azure.
    """

    account = "folder"

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._stated: dict[Path, Mapping[str, str]] = {}

    def describe(self, container: str, name: str) -> BlobVersion | None:
        path = self._path(container, name)
        if not path.is_file():
            return None
        said = path.stat()
        changed = datetime.fromtimestamp(said.st_mtime, UTC)
        etag = f"{said.st_mtime_ns:x}-{said.st_size:x}"
        stated = self._stated.get(path, {})
        return BlobVersion(self.account, container, name, etag, said.st_size, changed, metadata=stated)

    def list(self, container: str, prefix: str = "") -> Iterator[BlobVersion]:
        root = self._root / container
        seen = (path for path in root.rglob("*") if path.suffix != STAGED and not path.name.startswith(HIDDEN))
        names = (path.relative_to(root).as_posix() for path in seen)
        for name in sorted(name for name in names if name.startswith(prefix)):
            if found := self.describe(container, name):
                yield found

    def read(self, container: str, name: str, etag: str | None = None) -> Iterator[bytes]:
        self._pinned(container, name, etag)
        with self._path(container, name).open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def read_range(self, container: str, name: str, start: int, length: int, etag: str | None = None) -> bytes:
        self._pinned(container, name, etag)
        with self._path(container, name).open("rb") as file:
            file.seek(start)
            return file.read(length)

    @contextmanager
    def stage(self, container: str, name: str) -> Iterator[ByteSink]:
        staged = self._place(container, name + STAGED)
        with staged.open("wb") as file:
            yield file
        if staged.stat().st_size:
            staged.replace(self._path(container, name))
            self._stamp(container, name)
        else:
            staged.unlink()

    def create(self, container: str, name: str, data: bytes) -> bool:
        if self._path(container, name).exists():
            return False
        self._place(container, name).write_bytes(data)
        self._stamp(container, name)
        return True

    def archive(self, version: BlobVersion, container: str, name: str) -> bool:
        if self._path(container, name).exists():
            return False
        version = self._pinned(version.container, version.name, version.etag)
        self._place(container, name).hardlink_to(self._path(version.container, version.name))
        self._stated[self._path(container, name)] = version.metadata
        return True

    def delete(self, container: str, name: str) -> None:
        self._path(container, name).unlink(missing_ok=True)

    def land(self, source: Path, name: str, stated: Mapping[str, str]) -> BlobVersion:
        """What a sender does: the bytes of `source` stand at a path in landing from now on, `stated` beside them."""
        self._place(LANDING, name).hardlink_to(source)
        self._stated[self._path(LANDING, name)] = stated
        self._stamp(LANDING, name)
        return self._pinned(LANDING, name, None)

    def _path(self, container: str, name: str) -> Path:
        return self._root / container / name

    def _place(self, container: str, name: str) -> Path:
        path = self._path(container, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _stamp(self, container: str, name: str) -> None:
        seconds = int(self._clock.now().timestamp())
        os.utime(self._path(container, name), (seconds, seconds))

    def _pinned(self, container: str, name: str, etag: str | None) -> BlobVersion:
        found = self.describe(container, name)
        if found is None:
            raise FileGoneError("file_gone")
        if etag not in (None, found.etag):
            raise VersionChangedError("version_changed")
        return found
