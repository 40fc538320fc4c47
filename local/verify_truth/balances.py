"""Balances of the account ledger against the truth, in Spark SQL: every account and party, every day of the years.

A balance is a step: it changes on days with entries and stands still in between. So both sides are equal on every day
if their running sums are equal at every change of either, and a difference counts for as many days as it lasts.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession

from local.verify_truth.verdict import Difference

BASES = ("posting_date", "effective_date")
"""The books go by the first, the restated view by the second."""

SUMS = """
SELECT account, party, {basis} AS day, known_on, sum(truth) AS truth, sum(found) AS found FROM change
WHERE {basis} IS NOT NULL GROUP BY ALL
"""

STEPS = """
WITH seen AS (
  SELECT known.day AS known_on, account, party, sums.day, sum(truth) AS truth, sum(found) AS found
  FROM ({sums}) sums JOIN known ON sums.known_on <= known.day GROUP BY ALL)
SELECT known_on, account, party, day, sum(truth) OVER step AS truth, sum(found) OVER step AS found,
  greatest(1, datediff(lead(day, 1, date_add(DATE'{last_day}', 1)) OVER step, day)) AS days
FROM seen WINDOW step AS (PARTITION BY known_on, account, party ORDER BY day)
"""


def with_changes(spark: SparkSession, truth: DataFrame, found: DataFrame) -> None:
    """Makes the view `change` of both sides' changes of balances: account, party, the two dates, known_on, cents."""
    truth.createOrReplaceTempView("truth_change")
    found.createOrReplaceTempView("found_change")
    spark.sql(
        "SELECT account, party, posting_date, effective_date, known_on, cents AS truth, 0 AS found FROM truth_change "
        "UNION ALL "
        "SELECT account, party, posting_date, effective_date, known_on, 0 AS truth, cents AS found FROM found_change"
    ).createOrReplaceTempView("change")


def compare_days(
    spark: SparkSession, basis: str, known: Sequence[date], last_day: date
) -> tuple[int, int, list[Difference]]:
    """Days of balances compared as known on each day of `known`, how many differ, and the first steps that do."""
    spark.createDataFrame([(day,) for day in known], "day date").createOrReplaceTempView("known")
    steps = spark.sql(STEPS.format(sums=SUMS.format(basis=basis), last_day=last_day.isoformat()))
    counted: Any = steps.selectExpr(
        "coalesce(sum(days), 0) AS checked", "coalesce(sum(IF(truth <> found, days, 0)), 0) AS mismatches"
    ).first()
    differing = steps.where("truth <> found").orderBy("known_on", "account", "party", "day") if counted[1] else None
    shown = [_difference(basis, row) for row in differing.limit(5).collect()] if differing else []
    return int(counted["checked"]), int(counted["mismatches"]), shown


def _difference(basis: str, row: Row) -> Difference:
    where = f"{row['account']} of {row['party']} from {row['day']} for {row['days']} days, known {row['known_on']}"
    return {
        "what": f"balance by {basis}",
        "where": where,
        "truth": f"{row['truth']} cents",
        "found": f"{row['found']} cents",
    }
