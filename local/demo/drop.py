"""Drops files into landing, as an outsider does: an upload, and nothing else."""

from collections.abc import Iterable
from pathlib import Path

from azure.storage.blob import BlobServiceClient

LANDING = "landing"


class Dropper:
    """Uploads to the landing container of one storage account."""

    def __init__(self, storage: str) -> None:
        self._container = BlobServiceClient.from_connection_string(storage).get_container_client(LANDING)

    def drop(self, file: Path, path: str) -> None:
        """Uploads a file under a landing path, over what may stand there."""
        with file.open("rb") as stream:
            self._container.upload_blob(path, stream, overwrite=True)

    def drop_all(self, files: Iterable[tuple[Path, str]]) -> int:
        """Uploads files in order; how many."""
        dropped = 0
        for file, path in files:
            self.drop(file, path)
            dropped += 1
        return dropped
