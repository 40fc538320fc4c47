"""Ledger lines with the periods they belong to: by their own dates, in the books, and in the restated view."""

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.close.locks import Lock, by_hospital
from rcm_lakehouse.close.months import month_after
from rcm_lakehouse.local_rows import local_rows

RECEIVABLE = "1200"
PATIENT = "PATIENT"


def posted(lines: DataFrame, locks: Iterable[Lock]) -> DataFrame:
    """`lines` (of `gold.ledger_line`) with four columns more.

    `own_period`: the month of the posting date. `accounting_period`: that month, or, where it was locked before the
    line was known, the first month still open then. `restated_period`: the month of the effective date. Before a
    hospital's first signed month there is none: what is dated earlier counts in that. `account_group`: the account of
    the general ledger, receivables apart for insurers and patients, cash without an account of a patient apart.
    """
    known = local_rows(
        lines.sparkSession,
        _rows(locks),
        "hospital string, _first string, _locks array<struct<at: timestamp, opens: string>>",
    )
    dated = lines.join(F.broadcast(known), "hospital", "left").withColumn("own_period", _month("posting_date"))
    locked_before = F.filter("_locks", lambda lock: lock.at < F.col("known_at"))
    opens = F.array_max(F.transform(locked_before, lambda lock: lock.opens))
    return dated.withColumns(
        {
            "accounting_period": F.greatest("own_period", opens, "_first"),
            "restated_period": F.greatest(_month("effective_date"), "_first"),
            "account_group": _account_group(),
        }
    ).drop("_locks", "_first")


def _rows(locks: Iterable[Lock]) -> list[tuple[object, ...]]:
    """Periods are signed in order, so each lock opens the month after it and closes all before."""
    return [
        (hospital, mine[0].period, [{"at": lock.locked_at, "opens": month_after(lock.period)} for lock in mine])
        for hospital, mine in by_hospital(locks).items()
    ]


def _account_group() -> Column:
    account = F.col("gl_account")
    whose = F.when(F.col("responsible_party") == PATIENT, "1200_patient").otherwise("1200_insurer")
    apart = F.concat(account, F.lit("_without_account"))
    return F.when(account == RECEIVABLE, whose).when(F.col("account_id").isNull(), apart).otherwise(account)


def _month(day: str) -> Column:
    return F.date_format(day, "yyyy-MM")
