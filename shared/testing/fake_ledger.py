"""Tables in memory that refuse what Azure refuses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched

from shared.adapters.table_keys import encode_key
from shared.adapters.table_limits import MOST_ROWS, check_group, check_row
from shared.errors import ConfigurationError, ConflictError
from shared.model.commit import TABLES, Commit, Row, StoredRow
from shared.testing.gate import Gate, open_gate, through

PAGE = 1_000
encoded = lru_cache(50_000)(encode_key)


@dataclass(frozen=True, slots=True)
class Stored:
    """A row with its ETag and the name of the try that wrote it."""

    row: Row
    etag: str
    stamp: str = ""


class FakeLedger:
    """Fulfils `Ledger`. `tables` holds all by table, partition and key; tests and simulators may look and touch."""

    def __init__(self, gate: Gate = open_gate, tables: Iterable[str] = TABLES) -> None:
        self.gate = gate
        self.tables: dict[str, dict[str, dict[str, Stored]]] = {table: {} for table in tables}
        self.writes = 0

    def get(self, table: str, partition: str, key: str) -> StoredRow | None:
        _check_keys(partition, key)
        with through(self.gate, "ledger.get"):
            stored = self._partition(table, partition).get(key)
            return _as_read(stored) if stored else None

    def scan(self, table: str, partition: str, first: str = "", last: str = "") -> Iterator[StoredRow]:
        after, is_more = "", True
        while is_more:
            with through(self.gate, "ledger.scan"):
                rows = self._partition(table, partition)
                keys = [key for key in sorted(rows, key=encoded) if _is_within(encoded(key), first, last, after)]
                page, is_more = [_as_read(rows[key]) for key in keys[:PAGE]], len(keys) > PAGE
            yield from page
            after = encoded(page[-1].key) if page else ""

    def commit(self, commit: Commit) -> None:
        check_group((commit.head, *commit.inserted, *commit.written), commit.deleted)
        with through(self.gate, "ledger.commit"):
            rows = self._partition(commit.head.table, commit.head.partition)
            head = rows.get(commit.head.key)
            if _is_applied(commit, rows):
                return
            moved = (head.etag if head else None) != commit.expected
            if (
                moved
                or any(row.key in rows for row in commit.inserted)
                or any(key not in rows for key in commit.deleted)
            ):
                raise ConflictError("commit_conflict")
            for row in (commit.head, *commit.inserted, *commit.written):
                self._write(row, commit.commit_id)
            for key in commit.deleted:
                del rows[key]

    def insert(self, row: Row) -> bool:
        return self.insert_all([row])

    def insert_all(self, rows: Iterable[Row]) -> bool:
        rows = list(rows)
        check_group(rows)
        with through(self.gate, "ledger.insert"):
            if any(row.key in self._partition(row.table, row.partition) for row in rows):
                return False
            for row in rows:
                self._write(row)
            return True

    def put(self, row: Row) -> None:
        check_row(row)
        with through(self.gate, "ledger.put"):
            self._write(row)

    def replace(self, row: Row, etag: str) -> bool:
        check_row(row)
        with through(self.gate, "ledger.replace"):
            stored = self._partition(row.table, row.partition).get(row.key)
            if stored is None or stored.etag != etag:
                return False
            self._write(row)
            return True

    def delete(self, table: str, partition: str, keys: Iterable[str]) -> None:
        for group in batched(dict.fromkeys(keys), MOST_ROWS, strict=False):
            with through(self.gate, "ledger.delete"):
                for key in group:
                    self._partition(table, partition).pop(key, None)

    def partitions(self, table: str) -> Iterator[str]:
        with through(self.gate, "ledger.partitions"):
            found = [partition for partition in sorted(self._table(table)) if self._table(table)[partition]]
        yield from found

    def _table(self, table: str) -> dict[str, dict[str, Stored]]:
        if table not in self.tables:
            raise ConfigurationError("tables_missing", f"table {table}")
        return self.tables[table]

    def _partition(self, table: str, partition: str) -> dict[str, Stored]:
        return self._table(table).setdefault(partition, {})

    def _write(self, row: Row, stamp: str = "") -> None:
        _check_keys(row.partition, row.key)
        self.writes += 1
        copied = Row(row.table, row.partition, row.key, dict(row.values))
        self._partition(row.table, row.partition)[row.key] = Stored(copied, f"etag-{self.writes:08d}", stamp)


def _check_keys(partition: str, key: str) -> None:
    """PermanentError for a key that Azure would refuse."""
    encoded(partition)
    encoded(key)


def _as_read(stored: Stored) -> StoredRow:
    row = stored.row
    return StoredRow(row.table, row.partition, row.key, dict(row.values), stored.etag)


def _is_within(key: str, first: str, last: str, after: str) -> bool:
    return key > after and key >= encoded(first) and (not last or key <= encoded(last))


def _is_applied(commit: Commit, rows: dict[str, Stored]) -> bool:
    """Whether this very commit was applied before and only its answer was lost."""
    witness = rows.get((commit.inserted[0] if commit.inserted else commit.head).key)
    return witness is not None and witness.stamp == commit.commit_id
