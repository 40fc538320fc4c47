"""Why patients pay late or not at all: how often, by what is known of the account when the patient came to owe.

An account is counted once, if its responsibility arose 90 days or more before the as-of date: each has had as long.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt
from typing import NamedTuple

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.relations.patients import responsibilities

RIPE_AFTER_DAYS = 90

FACTORS = ("all", "cause", "payer", "plan", "balance_size", "age_of_bill", "prior_behaviour", "service_line")
"""What accounts are told apart by. `age_of_bill`: days from discharge until the patient came to owe;

`prior_behaviour`: what came of the same patient's account before, `first_account` where there was none."""

OUTCOMES = ("paid_late", "paid_in_part", "never_paid")
"""Paid in full later than 30 days after it arose; paid, but not in full; nothing paid. The rest paid in time."""

Z = 1.959964
"""Of an interval that holds the true rate in 95 of 100 samples."""


class Count(NamedTuple):
    """How many accounts of a hospital, with a `member` of a `factor`, came to an outcome."""

    hospital: str
    factor: str
    member: str
    outcome: str
    accounts: int


@dataclass(frozen=True, slots=True)
class Rate:
    """`accounts` of `of_accounts` came to `outcome`; `low` and `high` are the Wilson interval of `rate`, 95 %."""

    hospital: str
    factor: str
    member: str
    outcome: str
    accounts: int
    of_accounts: int
    rate: Decimal
    low: Decimal
    high: Decimal


def patient_pay_rates(known: Known, as_of: date) -> list[Rate]:
    """Every outcome of every member of every factor, in that order."""
    ripe = responsibilities(known).where(F.date_add("arose", RIPE_AFTER_DAYS) <= F.lit(as_of))
    told = _told(ripe.withColumn("outcome", _outcome()))
    factors = F.array(*(F.struct(F.lit(name).alias("factor"), F.col(name).alias("member")) for name in FACTORS))
    each = told.select("hospital", "outcome", F.explode(factors).alias("_one")).select("hospital", "outcome", "_one.*")
    counts = each.where("member IS NOT NULL").groupBy("hospital", "factor", "member", "outcome").count()
    return rates(Count(*row) for row in counts.select(*Count._fields[:-1], "count").collect())


def rates(counts: Iterable[Count]) -> list[Rate]:
    """Rates of the outcomes among all accounts of a hospital, factor and member; an outcome nobody had is 0."""
    groups: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for one in counts:
        groups[one[:3]][one.outcome] = one.accounts
    order = sorted(groups, key=lambda group: (group[0], FACTORS.index(group[1]), group[2]))
    return [_rate(group, groups[group], outcome) for group in order for outcome in OUTCOMES]


def wilson(count: int, total: int) -> tuple[Decimal, Decimal]:
    """The Wilson score interval of a share, to six places."""
    share, part = count / total, Z * Z / total
    centre = (share + part / 2) / (1 + part)
    reach = Z / (1 + part) * sqrt(share * (1 - share) / total + part / (4 * total))
    return _places(max(0.0, centre - reach)), _places(min(1.0, centre + reach))


def _rate(group: tuple[str, str, str], outcomes: Mapping[str, int], outcome: str) -> Rate:
    count, total = outcomes.get(outcome, 0), sum(outcomes.values())
    return Rate(*group, outcome, count, total, _places(count / total), *wilson(count, total))


def _places(share: float) -> Decimal:
    return Decimal(f"{share:.6f}")


def _outcome() -> Column:
    return F.expr(
        "CASE WHEN paid_within_30 >= responsibility THEN 'paid_in_time' WHEN paid >= responsibility THEN 'paid_late' "
        "WHEN paid > 0 THEN 'paid_in_part' ELSE 'never_paid' END"
    )


def _told(accounts: DataFrame) -> DataFrame:
    before = Window.partitionBy("hospital", "patient_id").orderBy("arose", "account_id")
    return accounts.withColumns(
        {
            "all": F.lit("all"),
            "plan": F.when(F.col("plan_code").isNotNull(), F.concat_ws(" ", "payer", "plan_code")),
            "balance_size": _band("responsibility", "USD", (50, 200, 500, 1000, 5000)),
            "age_of_bill": _band("datediff(arose, discharge_date)", "days", (30, 60, 90, 120)),
            "prior_behaviour": F.coalesce(F.lag("outcome").over(before), F.lit("first_account")),
        }
    )


def _band(expression: str, unit: str, limits: tuple[int, ...]) -> Column:
    """Names sort by size: `1: up to 50 USD`, `2: up to 200 USD` … and what is above them all."""
    amount = F.expr(expression)
    named = F.when(amount.isNull(), None)
    for number, limit in enumerate(limits, start=1):
        named = named.when(amount <= limit, f"{number}: up to {limit} {unit}")
    return named.otherwise(f"{len(limits) + 1}: over {limits[-1]} {unit}")
