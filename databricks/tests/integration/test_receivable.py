"""What is owed at the end of a day: to whom it is bound, and that a credit lowers nobody's debt."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from ledger_rows import Row, charge, frame
from pyspark.sql import DataFrame, SparkSession
from rcm_lakehouse.gold.build import dimension_tables
from rcm_lakehouse.gold.describe import PlannedLake
from rcm_lakehouse.gold.keys import UNKNOWN_KEY
from rcm_lakehouse.gold.receivable import receivable_table
from rcm_lakehouse.gold.silver_tables import Silver, silver_schema
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, read_metadata

AS_OF = date(2024, 3, 31)
MARCH, APRIL = date(2024, 3, 10), date(2024, 4, 2)


@pytest.fixture(scope="module")
def metadata() -> Metadata:
    return read_metadata(Path(__file__).parents[3] / "metadata")


def _account(spark: SparkSession, metadata: Metadata) -> DataFrame:
    schema = silver_schema(metadata.nouns["account"])
    told = {
        "account_id": "hospital_a:A1", "patient_id": "hospital_a:P1", "provider_id": "hospital_a:D1",
        "department_id": "hospital_a:X1", "source_id": "hospital_a__account", "discharge_date": date(2024, 1, 31),
        "is_current": True,
    }  # fmt: skip
    columns = [part.split()[0] for part in schema.split(", ")]
    return local_rows(spark, [tuple(told.get(column) for column in columns)], schema)


def _receivables(spark: SparkSession, metadata: Metadata, lines: list[Row]) -> dict[str | None, dict[str, object]]:
    lake = PlannedLake(spark)
    lake.planned = {"silver.account": _account(spark, metadata), "gold.ledger_line": frame(spark, lines)}
    silver = Silver(lake, metadata)
    for table in dimension_tables():
        lake.planned[f"gold.{table.name}"] = table.build(silver)
    rows = receivable_table(AS_OF).build(silver).collect()
    return {row["responsible_party"]: row.asDict() for row in rows}


def test_each_party_owes_its_own_balance_of_what_was_posted_by_the_day(spark: SparkSession, metadata: Metadata) -> None:
    credit = [replace(row, amount=-row.amount) for row in charge("c", "30.00", MARCH, party="PATIENT")]
    nought = [*charge("d", "5.00", MARCH, party="AETNA"), *charge("e", "-5.00", MARCH, party="AETNA")]
    lines = [*charge("a", "100.00", MARCH), *charge("b", "40.00", APRIL), *credit, *nought]
    found = _receivables(spark, metadata, lines)
    assert set(found) == {"MEDICARE", "PATIENT"}
    assert (found["MEDICARE"]["debit_balance"], found["MEDICARE"]["credit_balance"]) == (Decimal("100.00"), Decimal(0))
    assert (found["PATIENT"]["debit_balance"], found["PATIENT"]["credit_balance"]) == (Decimal(0), Decimal("30.00"))
    assert found["MEDICARE"]["days_since_discharge"] == 60
    assert found["PATIENT"]["payer_key"] == UNKNOWN_KEY
    assert UNKNOWN_KEY not in (found["MEDICARE"]["payer_key"], found["MEDICARE"]["patient_key"])
    assert found["MEDICARE"]["as_of_key"] == 20240331


def test_a_payer_that_two_origins_describe_is_one_member(spark: SparkSession, metadata: Metadata) -> None:
    schema = silver_schema(metadata.nouns["payer"])
    columns = [part.split()[0] for part in schema.split(", ")]
    named = {"b__payer": "Second", "a__payer": "First"}
    told = [{"payer_code": "MEDICARE", "name": n, "source_id": s, "is_current": True} for s, n in named.items()]
    charges = silver_schema(metadata.nouns["charge"])
    charge_columns = [part.split()[0] for part in charges.split(", ")]
    owed = {"responsible_party": "MEDICARE", "source_id": "hospital_a__charge", "is_current": True}
    lake = PlannedLake(spark)
    lake.planned = {
        "silver.payer": local_rows(spark, [tuple(row.get(name) for name in columns) for row in told], schema),
        "silver.charge": local_rows(spark, [tuple(owed.get(name) for name in charge_columns)], charges),
    }
    (payer,) = [table for table in dimension_tables() if table.name == "payer"]
    rows = payer.build(Silver(lake, metadata)).where("payer_code = 'MEDICARE'").collect()
    assert [(row["payer_id"], row["name"]) for row in rows] == [("hospital_a:MEDICARE", "First")]
