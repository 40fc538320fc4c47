from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import Column, SparkSession
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Cell, NounColumn
from rcm_lakehouse.transforms.cells import broken_rule, text_of, value_of

CASES: dict[str, dict[str, object]] = {
    "money": {
        "0.005": Decimal("0.01"),
        "-0.005": Decimal("-0.01"),
        "1.004999999999999999999999999999999": Decimal("1.00"),
        "988.3699951171875": Decimal("988.37"),
        " 7 ": Decimal("7.00"),
        "1,000.00": "money",
        "12345678901234567": "money",
        "": None,
    },
    "date": {"2024-02-29": date(2024, 2, 29), "2023-02-29": "date", "2024-1-1": "date", "2024-01-01 10:00": "date"},
    "integer": {"0012": 12, "1.5": "integer", "x": "integer"},
    "boolean": {"true": True, "maybe": "boolean"},
    "id": {"P1": "hospital_a:P1", "  ": None},
    "code": {"00100 ": "00100"},
}


def _column(kind: str) -> NounColumn:
    return NounColumn("c", kind, None, False, False, "")


def _read(kind: str, cell: Cell) -> tuple[Column, Column]:
    """The value of a cell and the rule that it breaks."""
    value = value_of(text_of(cell), _column(kind), cell, "hospital_a")
    return value, broken_rule(text_of(cell), value, _column(kind), cell)


@pytest.mark.parametrize("kind", CASES)
def test_a_cell_becomes_a_value_or_names_the_rule_it_breaks(spark: SparkSession, kind: str) -> None:
    cell = Cell("Cell", None, None, None, None)
    rows = local_rows(spark, [(text,) for text in CASES[kind]], "Cell string")
    got = {text: said or found for text, found, said in rows.select("Cell", *_read(kind, cell)).collect()}
    expected = {text: f"{kind}:c" if found == kind else found for text, found in CASES[kind].items()}
    assert got == expected


def test_a_value_outside_the_sources_table_breaks_the_rule_values(spark: SparkSession) -> None:
    cell = Cell("Cell", None, None, {"Male": "male"}, None)
    rows = local_rows(spark, [("Male",), ("M",), ("",)], "Cell string")
    got = rows.select(*_read("code", cell)).collect()
    assert [tuple(row) for row in got] == [("male", None), (None, "values:c"), (None, None)]


def test_a_stated_format_reads_dates_that_are_not_iso(spark: SparkSession) -> None:
    cell = Cell("Cell", None, "MM/dd/yyyy", None, None)
    rows = local_rows(spark, [("02/29/2024",), ("2024-02-29",)], "Cell string")
    got = rows.select(*_read("date", cell)).collect()
    assert [tuple(row) for row in got] == [(date(2024, 2, 29), None), (None, "date:c")]
