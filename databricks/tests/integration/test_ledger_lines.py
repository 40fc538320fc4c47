"""Rows of silver into ledger lines, against an oracle that knows the meaning of each row by another way."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ledger_oracle import LINES, Line, entered
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import Row as SparkRow
from rcm_lakehouse.gold.silver_tables import silver_schema
from rcm_lakehouse.ledger.lines import lines
from rcm_lakehouse.ledger.missing import missing
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Noun, read_metadata

NOUNS = read_metadata(Path(__file__).parents[3] / "metadata").nouns
FIRST = date(2024, 1, 1)
CHOICES: dict[str, list[str | None]] = {
    "responsible_party": ["MEDICARE", "HARBOR_MUTUAL", "PATIENT"],
    "to_party": ["PATIENT", "SUMMIT_CARE"],
    "payer_code": ["MEDICARE", "HARBOR_MUTUAL"],
    "crossover_payer_code": ["SUMMIT_CARE", None],
    "claim_status_code": ["1", "4", "22"],
    "group_code": ["PR", "CO", "PI", "OA"],
    "payment_type": ["payment", "reversal", "recovery"],
    "adjustment_type": ["transfer", "denial_write_off", "charity", "small_balance", "bad_debt_transfer", "refund"],
}
REASONS = {"remittance_adjustment": ["45", "16", "23", "197", "1"], "provider_adjustment": ["WO", "FB", "L6"]}


def _row(draw: random.Random, noun: Noun, number: int) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: f"{column.name}{number}" for column in noun.columns}
    row["account_id"] = f"hospital_a:A{draw.randint(1, 9)}"
    for column in noun.columns:
        if column.type == "money":
            row[column.name] = Decimal(draw.choice([0, 1, 100, -2550, 123456])).scaleb(-2)
        elif column.type == "date":
            row[column.name] = FIRST + timedelta(days=draw.randint(0, 8))
        elif column.type == "integer":
            row[column.name] = 1
        elif column.name in CHOICES:
            row[column.name] = draw.choice(CHOICES[column.name])
    if noun.name in REASONS:
        row["reason_code"] = draw.choice(REASONS[noun.name])
    since = datetime.combine(FIRST + timedelta(days=draw.randint(60, 90)), time(6))
    row |= {"source_id": f"hospital_a__{noun.name}", "known_from": since, "_row_number": number, "_generation": 1}
    row["known_until"] = draw.choice([None, since + timedelta(days=30)])
    return row


def _frame(spark: SparkSession, noun: Noun, rows: list[dict[str, Any]]) -> DataFrame:
    names = [part.split()[0] for part in silver_schema(noun).split(", ")]
    return local_rows(spark, [tuple(row.get(name) for name in names) for row in rows], silver_schema(noun))


def _check_entry_sets(found: list[SparkRow]) -> None:
    """The lines of an entry add up to nought, each line is there once, and one that is taken back is there."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in found:
        sums[line["entry_set_id"]] += line["amount"]
    assert set(sums.values()) == {Decimal(0)}
    amounts = {line["line_id"]: line["amount"] for line in found}
    assert len(amounts) == len(found)
    assert all(amounts[line["takes_back"]] == -line["amount"] for line in found if line["takes_back"])


@pytest.mark.parametrize("name", LINES)
def test_each_row_enters_what_it_means_balanced_and_takes_it_back_when_it_ceases_to_be_known(
    spark: SparkSession, name: str
) -> None:
    noun, draw = NOUNS[name], random.Random(name)
    assert noun.entries
    rows = [_row(draw, noun, number) for number in range(150)]
    found = lines(_frame(spark, noun, rows), noun, noun.entries).collect()
    _check_entry_sets(found)
    by_key = {row[noun.key[0]]: row for row in rows}
    told: defaultdict[str, Counter[Line]] = defaultdict(Counter)
    undone: defaultdict[str, Counter[Line]] = defaultdict(Counter)
    for line in found:
        row = by_key[line["source_key"]]
        days = (line["service_date"], line["posting_date"], line["effective_date"])
        sign = -1 if line["takes_back"] else 1
        facts = (line["account_id"], line["responsible_party"], line["gl_account"], line["kind"], line["is_reversal"])
        (undone if line["takes_back"] else told)[line["source_key"]][Line(*facts, sign * line["amount"], *days)] += 1
        assert line["known_at"] == row["known_until" if line["takes_back"] else "known_from"]
        assert (line["hospital"], line["_row_number"]) == ("hospital_a", row["_row_number"])
    for key, row in by_key.items():
        expected = Counter(entered(name, row))
        assert told[key] == expected, row
        assert undone[key] == (expected if row["known_until"] else Counter()), row


def test_a_payable_changes_what_is_owed_to_its_payee(spark: SparkSession) -> None:
    noun, draw = NOUNS["payable"], random.Random(1)
    assert noun.entries
    rows = [
        _row(draw, noun, number) | {"entry_type": kind, "amount": Decimal("7.50"), "known_until": None}
        for number, kind in enumerate(("invoice", "credit", "payment"))
    ]
    found = lines(_frame(spark, noun, rows), noun, noun.entries).orderBy("source_key").collect()
    assert [(line["kind"], line["amount"]) for line in found] == [
        ("invoice", Decimal("7.50")), ("credit", Decimal("-7.50")), ("payment", Decimal("-7.50")),
    ]  # fmt: skip
    assert [line["payee_id"] for line in found] == [row["payee_id"] for row in rows]


UNTOLD: dict[str, tuple[str, dict[str, Any], str]] = {
    "a transfer to nobody": ("account_adjustment", {"adjustment_type": "transfer", "to_party": None}, "ledger:party"),
    "a takeback on no account": ("provider_adjustment", {"reason_code": "WO", "account_id": None}, "ledger:account"),
    "a reason that no rule knows": ("provider_adjustment", {"reason_code": "ZZ"}, "ledger:rule"),
    "a kind of payment that no rule knows": ("patient_payment", {"payment_type": "gift"}, "ledger:rule"),
}


@pytest.mark.parametrize(("name", "cells", "reason"), UNTOLD.values(), ids=UNTOLD)
def test_a_row_whose_entries_cannot_be_told_is_named_with_the_reason(
    spark: SparkSession, name: str, cells: dict[str, Any], reason: str
) -> None:
    noun, draw = NOUNS[name], random.Random(2)
    assert noun.entries
    good = _row(draw, noun, 1)
    bad = good | cells
    reasons = _frame(spark, noun, [good, bad]).select(missing(noun.entries)).collect()
    assert [row[0] for row in reasons] == [None, reason]
