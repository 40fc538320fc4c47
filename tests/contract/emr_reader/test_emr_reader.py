"""What the flows may rely on of an EMR database: the fake and the SQL adapter alike."""

import csv
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from shared.adapters.emr_sql import SqlEmrReader
from shared.errors import ConfigurationError
from shared.model.table_query import TableQuery, WatermarkRange, WatermarkType
from shared.ports import EmrReader
from shared.testing.fake_emr_reader import FakeEmrReader

DAYS = WatermarkRange("changed", WatermarkType.DATE)
QUERY = TableQuery("clinic", "stays", ("name", "id"), ("id",), {}, DAYS)
ROWS: list[dict[str, str | int | bool | None]] = [
    {"id": "3", "name": 'Quote " and, comma', "kind": "a", "changed": "2026-01-02"},
    {"id": "1", "name": None, "kind": "a", "changed": "2026-01-01"},
    {"id": "2", "name": "line\nbreak", "kind": "b", "changed": "2026-01-03"},
    {"id": "5", "name": "same day", "kind": "b", "changed": "2026-01-02"},
    {"id": "4", "name": "unmarked", "kind": "b", "changed": None},
]


def fake(folder: Path) -> EmrReader:
    reader = FakeEmrReader()
    reader.databases["clinic"] = {"stays": list(ROWS), "beds": []}
    return reader


def sqlite(folder: Path) -> EmrReader:
    path = folder / "clinic.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("stays", "beds"):
            connection.execute(f"CREATE TABLE {table} (id TEXT, name TEXT, kind TEXT, changed TEXT)")
        connection.executemany("INSERT INTO stays VALUES (:id, :name, :kind, :changed)", ROWS)
    return SqlEmrReader({"clinic": f"sqlite:///{path}"})


@pytest.fixture(params=[fake, sqlite], ids=["fake", "sqlite"])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> EmrReader:
    make: Callable[[Path], EmrReader] = request.param
    return make(tmp_path)


def read(reader: EmrReader, query: TableQuery) -> list[list[str]]:
    lines = b"".join(reader.read(query)).decode()
    return list(csv.reader(lines.splitlines(keepends=True)))


def between(since: str, until: str, unmarked: bool = False) -> TableQuery:
    return replace(QUERY, watermark=replace(DAYS, since=since, until=until, unmarked=unmarked))


def ids(reader: EmrReader, query: TableQuery) -> list[str]:
    return [row[1] for row in read(reader, query)]


def test_rows_come_in_the_order_asked_for_with_their_columns_in_the_order_asked_for(reader: EmrReader) -> None:
    assert read(reader, replace(QUERY, watermark=None)) == [
        ["", "1"],
        ["line\nbreak", "2"],
        ['Quote " and, comma', "3"],
        ["unmarked", "4"],
        ["same day", "5"],
    ]


def test_rows_of_a_range_come_by_watermark_and_then_by_key(reader: EmrReader) -> None:
    assert ids(reader, between("2026-01-01", "2026-01-04")) == ["1", "3", "5", "2"]


def test_a_range_includes_its_start_and_not_its_end(reader: EmrReader) -> None:
    assert ids(reader, between("2026-01-02", "2026-01-03")) == ["3", "5"]


def test_rows_without_a_watermark_come_only_when_asked_for(reader: EmrReader) -> None:
    assert sorted(ids(reader, between("2026-01-03", "2026-01-04", unmarked=True))) == ["2", "4"]
    assert "4" not in ids(reader, between("", "2026-01-04"))


def test_only_rows_with_the_wanted_values_are_read_and_looked_at(reader: EmrReader) -> None:
    of_a = replace(QUERY, where={"kind": "a"})
    assert ids(reader, of_a) == ["1", "3"]
    assert reader.latest(of_a) == "2026-01-02"


def test_the_latest_mark_does_not_look_beyond_its_range(reader: EmrReader) -> None:
    assert reader.latest(QUERY) == "2026-01-03"
    assert reader.latest(between("", "2026-01-03")) == "2026-01-02"


@pytest.mark.parametrize("query", [between("2027-01-01", ""), replace(QUERY, table="beds")])
def test_where_there_are_no_rows_there_is_no_mark_and_no_line(reader: EmrReader, query: TableQuery) -> None:
    assert reader.latest(query) == ""
    assert list(reader.read(query)) == []


def test_a_latest_mark_needs_a_watermark_column(reader: EmrReader) -> None:
    with pytest.raises(ValueError, match="watermark column"):
        reader.latest(replace(QUERY, watermark=None))


def test_an_unknown_connection_is_named_with_the_known_ones(reader: EmrReader) -> None:
    with pytest.raises(ConfigurationError, match="no ward; known are clinic"):
        reader.latest(replace(QUERY, connection="ward"))
