"""The local world that is running, as its `world.json` describes it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import psutil
from azure.storage.blob import BlobServiceClient

from local.demo.client import Client
from shared.bootstrap import Services
from shared.model.file_version import LANDING, file_version_id


class NoWorldError(Exception):
    """No local world is running."""


def services_of(root: Path) -> Services:
    """The program's own view of the world that runs below `root`. NoWorldError if none does."""
    RunningWorld.find(root)
    os.environ.update(json.loads((root / "settings.json").read_text())["Values"])
    return Services()


@dataclass(frozen=True, slots=True)
class RunningWorld:
    """Its API, and its storage's connection string."""

    client: Client
    storage: str

    @classmethod
    def find(cls, root: Path) -> "RunningWorld":
        """Reads `<root>/world.json`, which is there for as long as the world runs. NoWorldError if it is not."""
        path = root / "world.json"
        world = json.loads(path.read_text()) if path.exists() else None
        if world is None or not psutil.pid_exists(world["pid"]):  # a world that was killed leaves its file behind
            raise NoWorldError("no local world is running: start one with `make local`")
        if "host" not in world["addresses"]:
            raise NoWorldError("the local world runs without its host: nothing would tell of the file")
        return cls(Client(world["addresses"]["host"], world["function_key"], world["master_key"]), world["storage"])

    def upload(self, file: Path, path: str) -> str:
        """Puts a file into landing, over what may stand there; the id of this file version."""
        with BlobServiceClient.from_connection_string(self.storage) as blobs, file.open("rb") as stream:
            written = blobs.get_blob_client(LANDING, path).upload_blob(stream, overwrite=True)
            return file_version_id(str(blobs.account_name), LANDING, path, written["etag"])
