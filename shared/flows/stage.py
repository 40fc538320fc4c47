"""Stages the files of one attempt: bytes from the archive through the checks into bronze and quarantine.

Nothing staged counts until a commit names it.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from shared.errors import PermanentError
from shared.flows.code_memberships import code_memberships
from shared.model.file_version import ARCHIVE
from shared.model.ingestion import Ingestion
from shared.model.source import SourceDefinition
from shared.pipeline.check_file import FileReport, check_file
from shared.pipeline.conclude import Staged
from shared.ports import Ports

BRONZE = "bronze"
QUARANTINE = "quarantine"


class Digest:
    """Passes chunks on while it takes their hash and length."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._hash = sha256()
        self.length = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._hash.update(chunk)
            self.length += len(chunk)
            yield chunk

    def finish(self) -> str:
        """Reads what was left unread and gives the hash of it all, 64 hex digits."""
        for _ in self:
            pass
        return self._hash.hexdigest()


def stage_files(
    ports: Ports, ingestion: Ingestion, source: SourceDefinition, attempt_id: str
) -> tuple[FileReport, Staged]:
    """Streams the archived bytes with bounded memory. PermanentError when the archive is not what arrived."""
    name = staged_name(ingestion, source.source_id, attempt_id)
    digest = Digest(ports.files.read(ARCHIVE, ingestion.file_version_id))
    with ports.files.stage(BRONZE, name) as bronze, ports.files.stage(QUARANTINE, name) as quarantine:
        checker, sums = ports.checker(source).asking(code_memberships(ports, source)), source.controls.sums
        report = check_file(digest, source.format, checker, bronze, quarantine, total_columns=sums)
    if report.structural:
        return report, Staged("", "", "")
    content_hash = digest.finish()
    if digest.length != ingestion.length:
        raise PermanentError("archive_differs", "the archived bytes are not as long as what arrived")
    return report, Staged(f"{BRONZE}/{name}", f"{QUARANTINE}/{name}", content_hash)


def staged_name(ingestion: Ingestion, source_id: str, attempt_id: str) -> str:
    """`<source_id>/<file version>/<generation>/<attempt>.parquet`, alike in both containers."""
    return f"{source_id}/{ingestion.file_version_id}/{ingestion.generation}/{attempt_id}.parquet"


def sweep(ports: Ports, ingestion: Ingestion, source_id: str, attempt_id: str) -> None:
    """Takes away what an attempt staged and no commit names."""
    for container in (BRONZE, QUARANTINE):
        ports.files.delete(container, staged_name(ingestion, source_id, attempt_id))
