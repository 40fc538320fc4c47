"""The KPI rows that can be told from the trial balance, the ledger's sums and the general ledger."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.close.figures import NOUGHT
from rcm_lakehouse.close.general_ledger import GlBalance
from rcm_lakehouse.close.trial_balance import AGES, OLDEST, UNDATED, Aged
from rcm_lakehouse.kpis.values import quotient

BASES = ("ledger", "general_ledger")
HEADLINE = "all|over_90"
OVER_90 = ("91-120", OLDEST)
POSTED = {
    ("bad_debt_share", "numerator"): ("5100", 1),
    ("charity_share", "numerator"): ("4200", 1),
    ("denial_write_off_share", "numerator"): ("4300", 1),
    ("cash_share_of_net_revenue", "numerator"): ("1000", 1),
    ("bad_debt_share", "denominator"): ("4000", -1),
    ("charity_share", "denominator"): ("4000", -1),
}
"""Sides of KPIs that are what was posted to an account in the month, and the account's sign there."""
NET_REVENUE = "4900"
OF_NET_REVENUE = (
    ("denial_write_off_share", "denominator"),
    ("cash_share_of_net_revenue", "denominator"),
    ("revenue_per_visit", "numerator"),
)

type Side = tuple[str, str, str]
"""KPI, bucket ("" for the whole), numerator or denominator."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A KPI row of a whole hospital. `bucket` is "" for the whole or the headline."""

    kpi_id: str
    hospital: str
    period: str
    bucket: str
    numerator: Decimal
    denominator: Decimal
    multiplier: int
    value: Decimal | None

    @property
    def name(self) -> str:
        return f"{self.kpi_id}.{self.bucket}" if self.bucket else self.kpi_id

    @property
    def quotient(self) -> Decimal | None:
        """What the value must be."""
        return quotient(self.numerator * self.multiplier, self.denominator)

    def sides(self) -> Iterator[tuple[str, Decimal]]:
        yield "numerator", self.numerator
        yield "denominator", self.denominator


def measured(rows: DataFrame) -> list[Measured]:
    """The rows of `gold.kpi` that are of a whole hospital and made from its account ledger."""
    wanted = rows.where(F.col("dimension").isNull() & F.col("basis").isin(*BASES))
    columns = (
        "kpi_id",
        "hospital",
        "period",
        "coalesce(bucket, '')",
        "numerator",
        "denominator",
        "multiplier",
        "value",
    )
    return [Measured(*row) for row in wanted.selectExpr(*columns).collect()]


def expected_amounts(
    aged: Iterable[Aged], posted: Mapping[str, Decimal], general_ledger: Iterable[GlBalance]
) -> Mapping[Side, Decimal]:
    """What KPI rows of one hospital and period must say, by side."""
    parts = list(aged)
    expected: dict[Side, Decimal] = {("gross_days_in_ar", "", "numerator"): sum((p.debit for p in parts), NOUGHT)}
    for whose in ("all", "insurer", "patient"):
        mine = [part for part in parts if whose in ("all", part.whose)]
        expected |= dict(_aged(whose, mine))
    expected |= {("aged_ar", "", side): expected["aged_ar", HEADLINE, side] for side in ("numerator", "denominator")}
    for (kpi_id, side), (account, sign) in POSTED.items():
        expected[kpi_id, "", side] = sign * posted.get(account, NOUGHT)
    net_revenue = [one.amount for one in general_ledger if one.gl_account == NET_REVENUE]
    return expected | {(kpi_id, "", side): amount for kpi_id, side in OF_NET_REVENUE for amount in net_revenue}


def _aged(whose: str, parts: list[Aged]) -> Iterator[tuple[Side, Decimal]]:
    by_age: dict[str, Decimal] = {}
    for part in parts:
        by_age[part.age] = by_age.get(part.age, NOUGHT) + part.debit
    by_age["over_90"] = sum((by_age.get(age, NOUGHT) for age in OVER_90), NOUGHT)
    billed = sum((by_age.get(age, NOUGHT) for age in (*(name for _, name in AGES), OLDEST, UNDATED)), NOUGHT)
    for age in (*(name for _, name in AGES), OLDEST, "over_90"):
        yield ("aged_ar", f"{whose}|{age}", "numerator"), by_age.get(age, NOUGHT)
        yield ("aged_ar", f"{whose}|{age}", "denominator"), billed
