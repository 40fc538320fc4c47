"""What every Ledger does. Runs on the fake and on Table Storage's adapter against Azurite.

Where Azurite is laxer than Azure, the adapter refuses by itself before it sends, and the suite holds it to that: groups
of more than 100 rows (Azurite's answer to those can't be read), groups above 4 MiB, rows above 1 MiB, rows of more than
252 properties. Order of keys that hold characters Azure refuses is the order of their escaped form, in both.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared.errors import ConfigurationError, PermanentError
from shared.model.commit import HEAD, LEDGER, LISTING, Commit, Row, StoredRow, Value
from shared.ports import Ledger

ODD_KEYS = ("a/b", "a\\b", "a#b", "a?b", "a!b", "a%b", "a b", "a'b", "a\nb", "a\x7fb", "Zoë", "a!2Fb", "日本")
VALUES: dict[str, Value] = {
    "text": "naïve 日本 'quoted'",
    "empty": "",
    "small": -7,
    "large": 2**53 + 1,
    "yes": True,
    "no": False,
    "at": datetime(2026, 1, 31, 10, 0, 0, 123456, UTC),
}


def row(partition: str, key: str, **values: str | int) -> Row:
    return Row(LEDGER, partition, key, values)


def found(ledger: Ledger, partition: str, key: str) -> StoredRow:
    stored = ledger.get(LEDGER, partition, key)
    assert stored is not None
    return stored


def etag_of(ledger: Ledger, partition: str, key: str) -> str:
    return found(ledger, partition, key).etag


def keys_of(ledger: Ledger, partition: str) -> list[str]:
    return [stored.key for stored in ledger.scan(LEDGER, partition)]


def test_a_row_that_is_not_there_is_none(ledger: Ledger, partition: str) -> None:
    assert ledger.get(LEDGER, partition, HEAD) is None
    assert list(ledger.scan(LEDGER, partition)) == []


def test_values_come_back_as_they_went(ledger: Ledger, partition: str) -> None:
    ledger.put(Row(LEDGER, partition, "row", VALUES))
    stored = found(ledger, partition, "row")
    assert dict(stored.values) == VALUES
    assert {name: type(value) for name, value in stored.values.items()} == {n: type(v) for n, v in VALUES.items()}
    assert (stored.table, stored.partition, stored.key) == (LEDGER, partition, "row")


@pytest.mark.parametrize("key", ODD_KEYS)
def test_keys_with_odd_characters_come_back_as_they_went(ledger: Ledger, partition: str, key: str) -> None:
    ledger.put(row(f"{partition}{key}", key, at=1))
    assert found(ledger, f"{partition}{key}", key).key == key
    (scanned,) = ledger.scan(LEDGER, f"{partition}{key}", key[:1], key)
    assert (scanned.partition, scanned.key) == (f"{partition}{key}", key)


def test_a_row_is_inserted_once(ledger: Ledger, partition: str) -> None:
    assert ledger.insert(row(partition, "inbox", said="first"))
    assert not ledger.insert(row(partition, "inbox", said="second"))
    assert found(ledger, partition, "inbox").values == {"said": "first"}


def test_rows_are_inserted_all_or_none(ledger: Ledger, partition: str) -> None:
    assert ledger.insert_all([row(partition, f"{number:03d}", n=number) for number in range(100)])
    assert not ledger.insert_all([row(partition, "100", n=100), row(partition, "099", n=0)])
    assert keys_of(ledger, partition) == [f"{number:03d}" for number in range(100)]
    assert ledger.insert_all([])


def test_putting_forgets_what_the_row_said(ledger: Ledger, partition: str) -> None:
    ledger.put(row(partition, "status", said="before", more=1))
    ledger.put(row(partition, "status", said="after"))
    assert found(ledger, partition, "status").values == {"said": "after"}


def test_a_row_is_replaced_only_under_its_etag(ledger: Ledger, partition: str) -> None:
    ledger.put(row(partition, "claim", holder="a"))
    etag = etag_of(ledger, partition, "claim")
    assert ledger.replace(row(partition, "claim", holder="b"), etag)
    assert not ledger.replace(row(partition, "claim", holder="c"), etag)
    assert found(ledger, partition, "claim").values == {"holder": "b"}
    ledger.delete(LEDGER, partition, ["claim"])
    assert not ledger.replace(row(partition, "claim", holder="d"), etag)


def test_any_number_of_rows_is_deleted_and_absent_ones_are_no_fault(ledger: Ledger, partition: str) -> None:
    for start in (0, 100):
        ledger.insert_all([row(partition, f"{number:03d}", n=number) for number in range(start, start + 75)])
    ledger.delete(LEDGER, partition, [f"{number:03d}" for number in range(175)] + ["000"])
    assert keys_of(ledger, partition) == []


def test_a_scan_gives_one_partition_by_key_within_its_bounds(ledger: Ledger, partition: str) -> None:
    for key in ("c", "a", "b", "d"):
        ledger.put(row(partition, key, said=key))
        ledger.put(row(f"{partition}-other", key, said=key))
    assert keys_of(ledger, partition) == ["a", "b", "c", "d"]
    assert [stored.key for stored in ledger.scan(LEDGER, partition, "b", "c")] == ["b", "c"]
    assert [stored.key for stored in ledger.scan(LEDGER, partition, "c")] == ["c", "d"]
    assert [stored.key for stored in ledger.scan(LEDGER, partition, last="b")] == ["a", "b"]


def test_a_scan_goes_on_over_pages(ledger: Ledger, partition: str) -> None:
    keys = [f"{number:04d}" for number in range(1_050)]
    for start in range(0, len(keys), 100):
        ledger.insert_all([row(partition, key, n=1) for key in keys[start : start + 100]])
    assert keys_of(ledger, partition) == keys


def test_every_partition_is_named_once(ledger: Ledger, partition: str) -> None:
    mine = {f"{partition}/{number}" for number in range(3)}
    for name in mine:
        ledger.put(Row(LISTING, name, "a", {}))
        ledger.put(Row(LISTING, name, "b", {}))
    named = [name for name in ledger.partitions(LISTING) if name.startswith(partition)]
    assert sorted(named) == sorted(mine)


def test_rows_of_two_partitions_are_not_inserted_together(ledger: Ledger, partition: str) -> None:
    with pytest.raises(PermanentError):
        ledger.insert_all([row(partition, "a", n=1), row(f"{partition}-other", "b", n=1)])


@pytest.mark.parametrize(
    "call",
    [
        lambda ledger, p: ledger.get("nowhere", p, "a"),
        lambda ledger, p: list(ledger.scan("nowhere", p)),
        lambda ledger, p: ledger.insert(Row("nowhere", p, "a", {})),
        lambda ledger, p: ledger.put(Row("nowhere", p, "a", {})),
        lambda ledger, p: ledger.replace(Row("nowhere", p, "a", {}), "etag"),
        lambda ledger, p: ledger.delete("nowhere", p, ["a"]),
        lambda ledger, p: ledger.commit(Commit(Row("nowhere", p, HEAD, {}), None, "id")),
        lambda ledger, _: list(ledger.partitions("nowhere")),
    ],
    ids=["get", "scan", "insert", "put", "replace", "delete", "commit", "partitions"],
)
def test_a_table_that_is_not_there_is_a_wrong_configuration(
    ledger: Ledger, partition: str, call: Callable[[Ledger, str], object]
) -> None:
    with pytest.raises(ConfigurationError):
        call(ledger, partition)
