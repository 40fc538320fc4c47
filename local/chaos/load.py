"""Puts files into landing as a stubborn outsider does, and waits until each has come to its end."""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.blob import BlobServiceClient

from local.demo.client import ApiError, Client
from local.demo.count import Balance, count_balance
from local.supervisor.world import World

LANDING = "landing"
PAUSE = 0.5
UNREACHABLE = (OSError, URLError, ApiError, ValueError)


class UnsettledError(Exception):
    """Not every file came to its end in time."""


def upload_all(storage: str, folder: Path, paths: Iterable[str]) -> None:
    """Uploads each file once; where the store does not answer, again until it has the file."""
    with BlobServiceClient.from_connection_string(storage, retry_total=1) as blobs:
        for path in paths:
            while not _uploaded(blobs, path, (folder / path).read_bytes()):
                time.sleep(PAUSE)


def _uploaded(blobs: BlobServiceClient, path: str, content: bytes) -> bool:
    try:
        blobs.get_blob_client(LANDING, path).upload_blob(content, overwrite=False)
    except ResourceExistsError:
        return True
    except AzureError:
        return False
    return True


def client_of(world: World) -> Client:
    """The API of a world."""
    return Client(world.address("host"), world.function_key, world.master_key)


def wait_until_settled(client: Client, paths: Iterable[str], seconds: float) -> list[Mapping[str, Any]]:
    """The ingestions of these paths, once each is known and none is at work. UnsettledError counts what is missing."""
    deadline, wanted = time.monotonic() + seconds, set(paths)
    while True:
        listed = [one for one in _listed(client) if one["path"] in wanted]
        over = {one["path"] for one in listed if one["status"] != "arrived"}
        if wanted <= over and all(one["status"] != "arrived" for one in listed):
            return listed
        if time.monotonic() > deadline:
            raise UnsettledError(f"{len(wanted - over)} of {len(wanted)} files have not come to their end")
        time.sleep(PAUSE)


def _listed(client: Client) -> list[Mapping[str, Any]]:
    try:
        return list(client.ingestions())
    except UNREACHABLE:  # the host is dead just now
        return []


def balance(world: World, listed: list[Mapping[str, Any]], metadata: Path, has_lake: bool) -> Balance:
    """What was lost and doubled. A path without exactly one landed version counts too."""
    client = client_of(world)
    whole = [{**client.get(f"ingestions/{one['file_version_id']}"), **one} for one in listed]
    counted = count_balance(world.settings["RCM_STORAGE"], whole, metadata, world.plan.lake, has_lake)
    landed = [one["path"] for one in listed if one["status"] == "landed"]
    missing = len({one["path"] for one in listed} - set(landed))
    return Balance(counted.lost + missing, counted.doubled + len(landed) - len(set(landed)))


def wait_for_events(world: World, count: str, number: int, seconds: float) -> None:
    """Until the Event Grid twin has counted so many events `delivered` or `dropped`."""
    deadline = time.monotonic() + seconds
    while _event_grid(world, None)["counts"][count] < number:
        if time.monotonic() > deadline:
            raise UnsettledError(f"not {number} events {count}")
        time.sleep(PAUSE)


def set_event_grid(world: World, **switches: object) -> None:
    """Sets the misbehaviour of the Event Grid twin, see `local.host.event_grid.switches`."""
    _event_grid(world, switches)


def _event_grid(world: World, switches: Mapping[str, object] | None) -> dict[str, Any]:
    headers = {"x-functions-key": world.master_key, "Content-Type": "application/json"}
    address = f"{world.address('host')}/admin/local/event-grid"
    body = None if switches is None else json.dumps(switches).encode()
    request = Request(address, body, headers, method="GET" if body is None else "PUT")  # noqa: S310  # loopback
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        said: dict[str, Any] = json.loads(answer.read())
    return said
