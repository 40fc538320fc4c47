"""A blob store in memory that refuses what Azure refuses."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from shared.errors import ConfigurationError, FileGoneError, PermanentError, VersionChangedError
from shared.model.file_version import BlobVersion
from shared.ports import ByteSink, Clock
from shared.testing.fake_clock import FakeClock
from shared.testing.gate import Gate, open_gate, through

CONTAINERS = ("landing", "archive", "bronze", "quarantine", "manifests", "reports", "published", "anchors")
ACCOUNT = "fakeaccount"
LONGEST_NAME = 1024
CHUNK_BYTES = 64 * 1024
PAGE = 5_000


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """One blob: its bytes, its version, and whether a copy still fills it."""

    content: bytes
    etag: str
    last_modified: datetime
    copy_pending: bool
    metadata: Mapping[str, str]


class FakeFileStore:
    """Fulfils `FileStore`. `blobs` holds everything by container and name; tests and simulators may look and touch."""

    account = ACCOUNT

    def __init__(
        self, clock: Clock | None = None, gate: Gate = open_gate, containers: Iterable[str] = CONTAINERS
    ) -> None:
        self.clock = clock or FakeClock()
        self.gate = gate
        self.blobs: dict[str, dict[str, StoredBlob]] = {container: {} for container in containers}
        self.writes = 0

    def describe(self, container: str, name: str) -> BlobVersion | None:
        with through(self.gate, "files.describe"):
            return self._version(container, name)

    def list(self, container: str, prefix: str = "") -> Iterator[BlobVersion]:
        after = ""
        while True:
            with through(self.gate, "files.list"):
                names = [
                    name for name in sorted(self._container(container)) if name.startswith(prefix) and name > after
                ]
                page = [version for name in names[:PAGE] if (version := self._version(container, name))]
            yield from page
            if len(names) <= PAGE:
                return
            after = names[PAGE - 1]

    def read(self, container: str, name: str, etag: str | None = None) -> Iterator[bytes]:
        position = 0
        while True:
            with through(self.gate, "files.read"):
                blob = self._pinned(container, name, etag)
            etag = blob.etag
            chunk = blob.content[position : position + CHUNK_BYTES]
            position += len(chunk)
            if chunk:
                yield chunk
            if position >= len(blob.content):
                return

    def read_range(self, container: str, name: str, start: int, length: int, etag: str | None = None) -> bytes:
        with through(self.gate, "files.read"):
            return self._pinned(container, name, etag).content[start : start + length]

    @contextmanager
    def stage(self, container: str, name: str) -> Iterator[ByteSink]:
        sink = bytearray()
        yield _Sink(sink, self.gate)
        if sink:
            with through(self.gate, "files.stage"):
                self._write(container, name, bytes(sink))

    def create(self, container: str, name: str, data: bytes) -> bool:
        with through(self.gate, "files.create"):
            if name in self._container(container):
                return False
            self._write(container, name, data)
            return True

    def archive(self, version: BlobVersion, container: str, name: str) -> bool:
        with through(self.gate, "files.archive"):
            if name in self._container(container):
                return False
            blob = self._pinned(version.container, version.name, version.etag)
            self._write(container, name, blob.content, metadata=blob.metadata)
            return True

    def delete(self, container: str, name: str) -> None:
        with through(self.gate, "files.delete"):
            self._container(container).pop(name, None)

    def upload(
        self,
        container: str,
        name: str,
        content: bytes,
        metadata: Mapping[str, str] | None = None,
        pending: bool = False,
    ) -> BlobVersion:
        """What an outsider does: writes or overwrites a blob, no gate between. `pending`: a copy has only begun, and
        whoever reads now gets half of it."""
        self._write(container, name, content, metadata or {}, pending)
        return self._describe(container, name, self.blobs[container][name])

    def finish_copy(self, container: str, name: str) -> None:
        """Ends a pending copy; the version stays what it was, as on Azure."""
        blobs = self._container(container)
        blobs[name] = replace(blobs[name], copy_pending=False)

    def _container(self, container: str) -> dict[str, StoredBlob]:
        if container not in self.blobs:
            raise ConfigurationError("storage_missing", f"container {container}")
        return self.blobs[container]

    def _pinned(self, container: str, name: str, etag: str | None) -> StoredBlob:
        blob = self._container(container).get(name)
        if blob is None:
            raise FileGoneError("file_gone")
        if etag not in (None, blob.etag):
            raise VersionChangedError("version_changed")
        return replace(blob, content=blob.content[: len(blob.content) // 2]) if blob.copy_pending else blob

    def _version(self, container: str, name: str) -> BlobVersion | None:
        blob = self._container(container).get(name)
        return self._describe(container, name, blob) if blob else None

    def _describe(self, container: str, name: str, blob: StoredBlob) -> BlobVersion:
        length = len(blob.content)
        return BlobVersion(
            self.account, container, name, blob.etag, length, blob.last_modified, blob.copy_pending, blob.metadata
        )

    def _write(
        self,
        container: str,
        name: str,
        content: bytes,
        metadata: Mapping[str, str] | None = None,
        pending: bool = False,
    ) -> None:
        if not 0 < len(name) <= LONGEST_NAME:
            raise PermanentError("storage_refused", "a blob's name has 1 to 1024 characters")
        self.writes += 1
        modified = self.clock.now().replace(microsecond=0)  # Azure's Last-Modified has whole seconds
        etag = f"0x{0x8DE000000000000 + self.writes:015X}"
        self._container(container)[name] = StoredBlob(content, etag, modified, pending, dict(metadata or {}))


class _Sink:
    """Collects what is written; every write is a chance for a fault, since a block may be sent."""

    def __init__(self, collected: bytearray, gate: Gate) -> None:
        self._collected = collected
        self._gate = gate

    def write(self, data: bytes) -> int:
        with through(self._gate, "files.stage_block"):
            self._collected += data
            return len(data)
