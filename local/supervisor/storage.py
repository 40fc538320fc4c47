"""The containers, tables and queues that the app finds in Azure because infra/ made them."""

import json
from collections.abc import Mapping
from pathlib import Path

from azure.core.exceptions import ResourceExistsError
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

CONTAINERS = ("landing", "archive", "bronze", "quarantine", "manifests", "reports", "published", "anchors")
TABLES = ("ledger", "databricksruns", "requests", "listing", "contents", "bookmarks", "periods")

# Seconds. A lock is short, so that a killed host's messages come back soon; the host renews it while it works.
QUEUE = {"lock_seconds": 15, "max_delivery_count": 10, "duplicate_window_seconds": 600}


def prepare_storage(connection_string: str) -> None:
    """Makes the containers and tables that are missing."""
    with BlobServiceClient.from_connection_string(connection_string) as blobs:
        existing = {container.name for container in blobs.list_containers()}
        for name in CONTAINERS:
            if name not in existing:
                blobs.create_container(name)
    with TableServiceClient.from_connection_string(connection_string) as tables:
        for name in TABLES:
            try:
                tables.create_table(name)
            except ResourceExistsError:
                continue


def write_queues(path: Path, settings: Mapping[str, str], overrides: Mapping[str, object]) -> None:
    """Writes the queues' configuration: one per setting `RCM_QUEUE_…`, and those in `overrides`, which win."""
    named = {value: QUEUE for name, value in settings.items() if name.startswith("RCM_QUEUE_")}
    path.write_text(json.dumps({"queues": named | dict(overrides)}))
