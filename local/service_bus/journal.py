"""The broker's memory on disk: one file of JSON lines, only ever appended to, or replaced whole.

One line is one group of changes, with the queue of each: it counts wholly or not at all. A last line that cannot be
read was torn when the broker died; nothing in it was ever answered for, and it is passed over. Any other line that
cannot be read, the first one too, which is never appended, is damage, and the broker must not start.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from local.service_bus.amqp.errors import AmqpError
from local.service_bus.changes import Change, change_from_json, change_to_json

_REWRITE_BYTES = 16 * 1024 * 1024


class JournalError(Exception):
    """A journal that cannot be gone by: damaged, or in use by another broker."""


class Journal:
    """The journal in a folder of its own, made where there is none. One broker at a time: JournalError otherwise."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "journal.jsonl"
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._folder)
            raise JournalError(f"{folder} is in use by another broker") from error
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._size = self._rewritten_size = os.fstat(self._file).st_size
        self._group: list[tuple[str, Change]] = []

    def read(self) -> Iterator[tuple[str, Change]]:
        """All changes there are, with the queue of each, in order. Raises JournalError at a damaged line."""
        lines = self._path.read_bytes().splitlines()
        for number, line in enumerate(lines, start=1):
            try:
                group = [(str(queue), change_from_json(change)) for queue, change in json.loads(line)]
            except (ValueError, KeyError, TypeError, AmqpError) as error:
                if 1 < number == len(lines):
                    return
                raise JournalError(f"{self._path}: line {number} is damaged") from error
            yield from group

    def append(self, queue: str, change: Change) -> None:
        """Adds a change to the group that the next commit writes."""
        self._group.append((queue, change))

    def commit(self) -> None:
        """Writes the group and waits until it is on disk. An OSError leaves the journal good for nothing more."""
        if not self._group:
            return
        line = _line(self._group)
        self._group.clear()
        _write(self._file, line)
        self._size += len(line)

    @property
    def is_large(self) -> bool:
        """Whether most of the file must by now be of the past."""
        return self._size > max(_REWRITE_BYTES, 2 * self._rewritten_size)

    def rewrite(self, changes: Iterable[tuple[str, Change]]) -> None:
        """Replaces all there is, the waiting group too, by these changes. A crash leaves the one file or the other."""
        self._group.clear()
        fresh_path = self._path.with_suffix(".fresh")
        fresh = os.open(fresh_path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC, 0o600)
        _write(fresh, b"".join(_line([each]) for each in changes))
        fresh_path.rename(self._path)
        os.fsync(self._folder)
        os.close(self._file)
        self._file = fresh
        self._size = self._rewritten_size = os.fstat(fresh).st_size

    def close(self) -> None:
        """Lets go of the folder; what was not committed is forgotten."""
        os.close(self._file)
        os.close(self._folder)


def _line(group: Iterable[tuple[str, Change]]) -> bytes:
    written = [(queue, change_to_json(change)) for queue, change in group]
    return json.dumps(written, separators=(",", ":")).encode("ascii") + b"\n"


def _write(file: int, octets: bytes) -> None:
    rest = memoryview(octets)
    while rest:
        rest = rest[os.write(file, rest) :]
    os.fsync(file)
