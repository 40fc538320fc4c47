"""The aged trial balance: what each responsible party owes on each account at each month's end, added up by age."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.close.posted import PATIENT, RECEIVABLE

NOT_BILLED = "not_billed"
AGES = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))
OLDEST, UNDATED = "over_120", "undated"
OWNER = ("hospital", "account_id", "responsible_party")


@dataclass(frozen=True, slots=True)
class Aged:
    """Balances at a month's end by posting date. Credit balances (below nought) are a liability and stand apart.

    `whose` is insurer or patient; `age` is by days from discharge, or `not_billed` without a final bill by then.
    """

    hospital: str
    period: str
    whose: str
    age: str
    debit: Decimal
    credit: Decimal


def aged_trial_balance(lines: DataFrame, accounts: DataFrame, last: str) -> list[Aged]:
    """All parts at the end of every month up to `last`, of posted lines and of what is known of accounts now."""
    bills = accounts.select("account_id", "discharge_date", "final_bill_date")
    rows = _balances(lines, last).join(bills, "account_id", "left")
    whose = F.when(F.col("responsible_party") == PATIENT, "patient").otherwise("insurer")
    parts = rows.select("hospital", "period", whose.alias("whose"), _age().alias("age"), "balance")
    summed = parts.groupBy("hospital", "period", "whose", "age").agg(_sum("balance > 0"), _sum("balance < 0"))
    return sorted(
        (Aged(*row) for row in summed.collect()), key=lambda one: (one.hospital, one.period, one.whose, one.age)
    )


def total(parts: Iterable[Aged]) -> Decimal:
    """Debits less credits: what the account of receivables says."""
    return sum((part.debit + part.credit for part in parts), Decimal("0.00"))


def _balances(lines: DataFrame, last: str) -> DataFrame:
    """`balance` of each owner at each month end (`period`, `as_of`) on which it is not nought."""
    changes = (
        lines.where(F.col("gl_account") == RECEIVABLE)
        .groupBy(*OWNER, "own_period")
        .agg(F.sum("amount").alias("change"))
    )
    in_order = Window.partitionBy(*OWNER).orderBy("own_period")
    since, following = _day(F.col("own_period")), _day(F.lead("own_period").over(in_order))
    end = _day(F.lit(last))
    spans = changes.select(
        *OWNER,
        F.sum("change").over(in_order).alias("balance"),
        since.alias("since"),
        F.least(F.coalesce(F.add_months(following, -1), end), end).alias("until"),
    ).where("balance <> 0 AND since <= until")
    month = F.explode(F.sequence("since", "until", F.expr("INTERVAL 1 MONTH"))).alias("month")
    return spans.select(*OWNER, "balance", month).withColumns(
        {"period": F.date_format("month", "yyyy-MM"), "as_of": F.last_day("month")}
    )


def _age() -> Column:
    days = F.datediff("as_of", "discharge_date")
    age = F.when(F.coalesce(F.col("final_bill_date") > F.col("as_of"), F.lit(True)), NOT_BILLED)
    age = age.when(days.isNull(), UNDATED)
    for most, name in AGES:
        age = age.when(days <= most, name)
    return age.otherwise(OLDEST)


def _sum(condition: str) -> Column:
    return F.coalesce(F.sum(F.when(F.expr(condition), F.col("balance"))), F.lit(0)).cast("decimal(38,2)")


def _day(period: Column) -> Column:
    return F.to_date(F.concat(period, F.lit("-01")))
