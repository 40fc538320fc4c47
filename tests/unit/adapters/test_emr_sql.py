"""The EMR adapter against real SQLite databases, and its statements in the dialect of Azure SQL."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.dialects.mssql.base import MSDialect

from shared.adapters.emr_sql import SqlEmrReader
from shared.adapters.emr_statements import select_latest, select_rows
from shared.errors import TransientError
from shared.model.table_query import TableQuery, WatermarkRange, WatermarkType

AZURE_SQL = MSDialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
DAYS = WatermarkRange("changed", WatermarkType.DATE)
QUERY = TableQuery("clinic", "stays", ("id", "name", "amount", "changed"), ("id",), {}, DAYS)
ROWS = [
    (3, 'Quote " and, comma', 12.5, "2026-01-02"),
    (1, None, 7, "2026-01-01"),
    (2, "line\nbreak", 616.8699951171875, "2026-01-03"),
    (4, "unmarked", 0, None),
]


@pytest.fixture
def reader(tmp_path: Path) -> SqlEmrReader:
    path = tmp_path / "clinic.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE stays (id INTEGER, name TEXT, amount REAL, changed TEXT)")
        connection.executemany("INSERT INTO stays VALUES (?, ?, ?, ?)", ROWS)
        connection.execute("CREATE TABLE beds (id INTEGER, since TEXT)")
        connection.execute(
            "INSERT INTO beds VALUES (1, '2026-01-01 10:00:00.250000'), (2, '2026-01-01 10:00:01.000000')"
        )
    return SqlEmrReader({"clinic": f"sqlite:///{path}", "gone": f"sqlite:///{tmp_path}/no/such/folder.db"})


def read(reader: SqlEmrReader, query: TableQuery) -> str:
    return b"".join(reader.read(query)).decode()


def test_rows_come_as_csv_lines_with_the_values_the_database_holds(reader: SqlEmrReader) -> None:
    assert read(reader, replace(QUERY, watermark=None)) == (
        '1,,7.0,2026-01-01\n2,"line\nbreak",616.8699951171875,2026-01-03\n'
        '3,"Quote "" and, comma",12.5,2026-01-02\n4,unmarked,0.0,\n'
    )


def test_instants_are_compared_to_the_fraction_of_a_second(reader: SqlEmrReader) -> None:
    instants = WatermarkRange("since", WatermarkType.INSTANT, until="2026-01-01T10:00:01")
    query = TableQuery("clinic", "beds", ("id", "since"), ("id",), {}, instants)
    assert reader.latest(query) == "2026-01-01T10:00:00.250000"
    assert len(read(reader, query).splitlines()) == 1


def test_a_database_out_of_reach_is_transient_and_its_error_quotes_nothing(reader: SqlEmrReader) -> None:
    with pytest.raises(TransientError) as raised:
        read(reader, replace(QUERY, connection="gone"))
    assert str(raised.value) == "emr_unavailable: database gone"
    assert raised.value.__cause__ is None


def test_names_are_quoted_and_values_bound_in_the_dialect_of_azure_sql() -> None:
    query = replace(QUERY, table="dbo.stays", where={"Is_Active": 1}, watermark=replace(DAYS, since="2026-01-01"))
    rows = str(select_rows(query).compile(dialect=AZURE_SQL))
    assert "FROM dbo.stays" in rows
    assert "[Is_Active] = :Is_Active_1 AND changed >= :changed_1" in rows
    assert rows.endswith("ORDER BY changed, id")
    assert str(select_latest(query).compile(dialect=AZURE_SQL)).startswith("SELECT max(changed)")
