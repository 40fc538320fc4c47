"""Counts what was lost and what was doubled, by a second, dumb way: it imports nothing of the program.

Every record of a file that counts (its latest generation, distinct content, not refused) must stand exactly once in
bronze or quarantine, and exactly once in the lakehouse's log of bronze. Records are told apart by their row number and
key; the key columns come from the source's metadata file.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from azure.storage.blob import BlobServiceClient

from local.demo.delta_rows import delta_rows

type Record = tuple[str, int, tuple[str, ...]]
NOT_IN_DELTA = re.compile(r"[ ,;{}()\n\t=]")  # Delta takes none of these in a column's name: the log has "_"
ID_COLUMNS = ("_file_version_id", "_generation", "_row_number")


@dataclass(frozen=True, slots=True)
class Balance:
    """How many records are missing somewhere, and how many stand somewhere more than once."""

    lost: int
    doubled: int


def count_balance(
    storage: str, ingestions: Iterable[Mapping[str, Any]], metadata: Path, lake: Path, has_lake: bool
) -> Balance:
    """Compares landing, bronze, quarantine and (with `has_lake`) the bronze log. `ingestions` as the API lists them."""
    blobs = BlobServiceClient.from_connection_string(storage)
    listed = list(ingestions)
    lost = _unregistered(blobs, listed)
    raw, landed, bronze = Counter[Record](), Counter[Record](), Counter[Record]()
    for ingestion in listed:
        if ingestion["status"] == "landed":
            keys = _keys(metadata, ingestion["source_id"])
            raw.update(_raw_records(blobs, ingestion, keys, metadata))
            in_bronze = Counter(_staged_records(blobs, ingestion, "bronze", keys))
            bronze.update(in_bronze)
            landed.update(in_bronze)
            landed.update(_staged_records(blobs, ingestion, "quarantine", keys))
    log = _log_records(lake, listed, metadata) if has_lake else bronze
    return Balance(
        lost=lost + (raw - landed).total() + (bronze - log).total(),
        doubled=(landed - raw).total() + (log - bronze).total(),
    )


def _unregistered(blobs: BlobServiceClient, listed: list[Mapping[str, Any]]) -> int:
    """Blobs in landing that the ledger does not know by their path."""
    paths = {ingestion["path"] for ingestion in listed}
    return sum(1 for name in blobs.get_container_client("landing").list_blob_names() if name not in paths)


def _source(metadata: Path, source_id: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((metadata / "sources" / f"{source_id}.json").read_text())
    return said


def _keys(metadata: Path, source_id: str) -> tuple[str, ...]:
    return tuple(_source(metadata, source_id)["keys"])


def _raw_records(
    blobs: BlobServiceClient, ingestion: Mapping[str, Any], keys: tuple[str, ...], metadata: Path
) -> Iterable[Record]:
    """The records of the bytes that arrived, read by Python's own csv or json."""
    data = blobs.get_blob_client("archive", ingestion["file_version_id"]).download_blob().readall()
    file_format = _source(metadata, ingestion["source_id"])["format"]
    text = data.decode("utf-8-sig")
    if file_format["kind"] == "json_lines":
        rows: Iterable[Mapping[str, Any]] = (json.loads(line) for line in text.splitlines() if line.strip())
    else:
        rows = _csv_rows(text, file_format)
    for number, row in enumerate(rows, 1):
        yield ingestion["file_version_id"], number, tuple(str(row.get(key) or "") for key in keys)


def _csv_rows(text: str, file_format: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    aliases = file_format.get("aliases", {})
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=file_format.get("delimiter", ","))
    header = [aliases.get(name, name) for name in next(lines)]
    return (_named(header, cells) for cells in lines if cells)


def _named(header: list[str], cells: list[str]) -> Mapping[str, Any]:
    """A ragged row's cells cannot be told apart, so none has a name: only its row number counts, as in quarantine."""
    return dict(zip(header, cells, strict=True)) if len(cells) == len(header) else {}


def _staged_records(
    blobs: BlobServiceClient, ingestion: Mapping[str, Any], container: str, keys: tuple[str, ...]
) -> Iterable[Record]:
    """The records of the file that the ingestion names, else of every file of this generation.

    Beside the file that counts a process that died may have left another. A ragged row has no cells and so no key.
    """
    prefix = f"{ingestion['source_id']}/{ingestion['file_version_id']}/{ingestion['generation']}/"
    client = blobs.get_container_client(container)
    named = ingestion.get(f"{container}_file")
    staged = client.list_blob_names(name_starts_with=prefix) if named is None else filter(None, [named])
    for name in (path.removeprefix(f"{container}/") for path in staged):
        table = pq.read_table(io.BytesIO(client.download_blob(name).readall()))
        for row in table.to_pylist():
            yield ingestion["file_version_id"], row["_row_number"], tuple(str(row.get(key) or "") for key in keys)


def _log_records(lake: Path, listed: list[Mapping[str, Any]], metadata: Path) -> Counter[Record]:
    """Rows of the bronze log that belong to the generations that count."""
    counted = {(each["file_version_id"], each["generation"]) for each in listed if each["status"] == "landed"}
    found = Counter[Record]()
    for source_id in sorted({each["source_id"] for each in listed if each["status"] == "landed"}):
        keys = tuple(NOT_IN_DELTA.sub("_", key) for key in _keys(metadata, source_id))
        table = delta_rows(lake / "bronze" / source_id, [*ID_COLUMNS, *keys])
        for row in table.to_pylist() if table else []:
            if (row["_file_version_id"], row["_generation"]) in counted:
                key = tuple(str(row[name] or "") for name in keys)
                found[row["_file_version_id"], row["_row_number"], key] += 1
    return found
