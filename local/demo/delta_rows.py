"""Reads a Delta table without Spark and without the program: the files that its log says count, and their rows."""

import json
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq


def delta_rows(table: Path, columns: list[str]) -> pa.Table | None:
    """Rows of the newest version; None where there is no table. Plain tables only: no deletion vectors."""
    log = table / "_delta_log"
    if not log.is_dir():
        return None
    files = [pq.read_table(table / name, columns=columns) for name in sorted(_current_files(log))]
    return pa.concat_tables(files) if files else None


def _current_files(log: Path) -> set[str]:
    """What the last checkpoint and the commits after it leave standing."""
    version, current = _checkpoint(log)
    for commit in sorted(path for path in log.glob("*.json") if path.stem.isdigit() and int(path.stem) > version):
        for line in commit.read_text().splitlines():
            action = json.loads(line)
            if "add" in action:
                current.add(unquote(action["add"]["path"]))
            if "remove" in action:
                current.discard(unquote(action["remove"]["path"]))
    return current


def _checkpoint(log: Path) -> tuple[int, set[str]]:
    last = log / "_last_checkpoint"
    if not last.is_file():
        return -1, set()
    version = int(json.loads(last.read_text())["version"])
    adds = pq.read_table(log / f"{version:020d}.checkpoint.parquet", columns=["add.path"]).column("add")
    return version, {unquote(add["path"]) for add in adds.to_pylist() if add and add["path"]}
