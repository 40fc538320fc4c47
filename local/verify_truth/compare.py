"""Compares the lake's tables with the truth, in the Spark session's process.

It knows the tables and the truth's files, and nothing of the program that wrote the tables.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession

from local.verify_truth.balances import BASES, compare_days, with_changes
from local.verify_truth.entries import compare_entries
from local.verify_truth.kpis import compare_kpis
from local.verify_truth.periods import tied_out
from local.verify_truth.persons import compare_persons
from local.verify_truth.verdict import Verdict

RECEIVABLE = """
SELECT account_id AS account, responsible_party AS party, posting_date, effective_date,
  CAST(known_at AS DATE) AS known_on, CAST(amount * 100 AS BIGINT) AS cents
FROM ledger_line WHERE gl_account = '1200'
"""
TRUE_RECEIVABLE = """
SELECT concat(hospital, ':', account_id) AS account, party, posting_date, effective_date, known_at AS known_on, cents
FROM truth_balance
"""
PAYABLE = """
SELECT hospital AS account, payee_id AS party, posting_date, CAST(NULL AS DATE) AS effective_date,
  CAST(known_at AS DATE) AS known_on, CAST(amount * 100 AS BIGINT) AS cents
FROM payable_entry
"""
TRUE_PAYABLE = """
SELECT hospital AS account, payee_id AS party, posting_date, CAST(NULL AS DATE) AS effective_date,
  known_at AS known_on, cents
FROM truth_payable
"""


def main() -> None:
    options = _options()
    spark = SparkSession.builder.getOrCreate()
    verdict = Verdict()
    COMPARISONS[options.what](spark, options, verdict)
    verdict.write(options.verdict)


def _balances(spark: SparkSession, options: argparse.Namespace, verdict: Verdict) -> None:
    """Balances of accounts and of payees, on every day."""
    _truth(spark, options, "balance", "balance_changes")
    _truth(spark, options, "payable", "payables")
    _table(spark, options, "ledger_line")
    _table(spark, options, "payable_entry")
    for truth, found, bases in ((TRUE_RECEIVABLE, RECEIVABLE, BASES), (TRUE_PAYABLE, PAYABLE, BASES[:1])):
        with_changes(spark, spark.sql(truth), spark.sql(found))
        for basis in bases:
            verdict.add(options.subject, *compare_days(spark, basis, options.known, options.last_day))


def _entries(spark: SparkSession, options: argparse.Namespace, verdict: Verdict) -> None:
    """Every entry, whenever it was known."""
    _truth(spark, options, "entry", "entries")
    _table(spark, options, "ledger_line")
    verdict.add(options.subject, *compare_entries(spark))


def _kpis(spark: SparkSession, options: argparse.Namespace, verdict: Verdict) -> None:
    """KPIs as known on each day; the last wave's by slice too."""
    _truth(spark, options, "kpi", "kpis")
    if options.rows:
        spark.read.parquet(str(options.rows)).createOrReplaceTempView("kpi")
    else:
        _table(spark, options, "kpi")
    for day in options.known:
        verdict.add(options.subject, *compare_kpis(spark, day, with_slices=day == options.last_day))


def _periods(spark: SparkSession, options: argparse.Namespace, verdict: Verdict) -> None:
    """Every month of every hospital ties out, by the close's own word."""
    _table(spark, options, "period_close")
    for row in spark.sql("SELECT told FROM period_close ORDER BY hospital, period").collect():
        verdict.add(options.subject, *tied_out(json.loads(row[0])))


def _persons(spark: SparkSession, options: argparse.Namespace, verdict: Verdict) -> None:
    """Which patient records are of one person."""
    _truth(spark, options, "person", "persons")
    _table(spark, options, "person_member")
    compare_persons(spark, verdict)


COMPARISONS: Mapping[str, Callable[[SparkSession, argparse.Namespace, Verdict], None]] = {
    "balances": _balances,
    "entries": _entries,
    "kpis": _kpis,
    "periods": _periods,
    "persons": _persons,
}


def _truth(spark: SparkSession, options: argparse.Namespace, name: str, file: str) -> None:
    spark.read.parquet(str(options.truth / f"{file}.parquet")).createOrReplaceTempView(f"truth_{name}")


def _table(spark: SparkSession, options: argparse.Namespace, name: str) -> None:
    spark.read.format("delta").load(str(options.lake / "gold" / name)).createOrReplaceTempView(name)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=COMPARISONS)
    parser.add_argument("--subject", required=True, help="what is counted by this name")
    parser.add_argument("--truth", type=Path, required=True, help="folder of the truth's tables")
    parser.add_argument("--lake", type=Path, required=True, help="folder of the lake")
    parser.add_argument("--known", type=_days, default=(), help="as known on these days: yyyy-mm-dd,…")
    parser.add_argument("--last-day", type=date.fromisoformat, required=True, help="balances are followed up to here")
    parser.add_argument("--rows", type=Path, help="folder of KPI rows as Parquet, else those of the lake")
    parser.add_argument("--verdict", type=Path, required=True, help="file for what was found")
    return parser.parse_args()


def _days(text: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in text.split(","))
