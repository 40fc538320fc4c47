from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Cell, NounColumn
from rcm_lakehouse.transforms.cells import broken_rule, value_of

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


@pytest.mark.parametrize("kind", CASES)
def test_a_cell_becomes_a_value_or_names_the_rule_it_breaks(spark: SparkSession, kind: str) -> None:
    cell = Cell("Cell", None, None, None, None)
    rows = local_rows(spark, [(text,) for text in CASES[kind]], "Cell string")
    value, rule = value_of(_column(kind), cell, "hospital_a"), broken_rule(_column(kind), cell, "hospital_a")
    got = {text: said or found for text, found, said in rows.select("Cell", value, rule).collect()}
    expected = {text: f"{kind}:c" if found == kind else found for text, found in CASES[kind].items()}
    assert got == expected


def test_a_value_outside_the_sources_table_breaks_the_rule_values(spark: SparkSession) -> None:
    cell = Cell("Cell", None, None, {"Male": "male"}, None)
    rows = local_rows(spark, [("Male",), ("M",), ("",)], "Cell string")
    got = rows.select(value_of(_column("code"), cell, "a"), broken_rule(_column("code"), cell, "a")).collect()
    assert [tuple(row) for row in got] == [("male", None), (None, "values:c"), (None, None)]


def test_a_stated_format_reads_dates_that_are_not_iso(spark: SparkSession) -> None:
    cell = Cell("Cell", None, "MM/dd/yyyy", None, None)
    rows = local_rows(spark, [("02/29/2024",), ("2024-02-29",)], "Cell string")
    got = rows.select(value_of(_column("date"), cell, "a"), broken_rule(_column("date"), cell, "a")).collect()
    assert [tuple(row) for row in got] == [(date(2024, 2, 29), None), (None, "date:c")]
