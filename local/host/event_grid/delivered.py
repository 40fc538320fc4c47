"""Which blob versions have been told to which function: on disk, and written only after the delivery."""

import sqlite3
from pathlib import Path


class Delivered:
    """A set of (function, fingerprint). What a crash keeps from being written is delivered again: at least once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS delivered"
            " (function TEXT, fingerprint BLOB, PRIMARY KEY (function, fingerprint)) WITHOUT ROWID"
        )
        self._known: set[tuple[str, bytes]] = set(self._database.execute("SELECT function, fingerprint FROM delivered"))

    def __contains__(self, key: tuple[str, bytes]) -> bool:
        return key in self._known

    def add(self, key: tuple[str, bytes]) -> None:
        self._database.execute("INSERT OR IGNORE INTO delivered VALUES (?, ?)", key)
        self._known.add(key)

    def close(self) -> None:
        self._database.close()
