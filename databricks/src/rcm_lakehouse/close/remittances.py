"""Remittances (835) balance: a payment is what was paid on its claims less what the payer took off the whole (BPR02 =
sum of CLP04 - sum of PLB), and a claim's payment is its charge less its adjustments (CLP04 = CLP03 - sum of CAS)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.facts import hospital
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata

PLACE = ("source_id", "_file_version_id", "_generation", "_row_number")

PARTS = (
    ("remittance", "remittance", "payment_amount", "0"),
    ("remittance", "remittance_claim", "0", "paid_amount"),
    ("remittance", "provider_adjustment", "0", "-amount"),
    ("remittance_claim", "remittance_claim", "paid_amount", "charge_amount"),
    ("remittance_claim", "remittance_adjustment", "0", "-amount"),
)
"""What balances, of whose rows, what they say was paid, and what they add to what must have been."""

NEEDED = {
    "remittance": {"remittance", "remittance_claim"},
    "remittance_claim": {"remittance_claim", "remittance_adjustment"},
}
"""Feeds without which there is nothing to compare. A payer need not take anything off the whole."""


@dataclass(frozen=True, slots=True)
class Remitted:
    """Remittances, or their claims (`noun`), posted in a period: `told` as paid, and what that `must` have been."""

    hospital: str
    noun: str
    period: str
    must: Decimal
    told: Decimal
    breaks: int


def balanced(lake: Lake, metadata: Metadata, sources: Iterable[str]) -> DataFrame | None:
    """One row per remittance and per claim of one, of hospitals that deliver `sources` for all that it is made of.

    `code` is `not_balanced` where `told` is not what it `must` be, with the place of the row that tells what was paid,
    or, where that is not there, of another. None: nobody feeds them.
    """
    feeds: dict[str, set[str]] = {}
    for source in map(metadata.source, sources):
        feeds.setdefault(source.origin, set()).add(source.noun)
    fed = {noun: sorted(name for name, nouns in feeds.items() if needed <= nouns) for noun, needed in NEEDED.items()}
    wanted = [part for part in PARTS if fed[part[0]] and lake.exists(f"silver.{part[1]}")]
    parts = [_part(lake, *part).where(F.col("hospital").isin(fed[part[0]])) for part in wanted]
    return _balanced(reduce(DataFrame.unionByName, parts)) if parts else None


def remitted(balances: DataFrame) -> list[Remitted]:
    """Balances added up."""
    sums = [F.sum(name).cast("decimal(38,2)") for name in ("must", "told")]
    summed = balances.groupBy("hospital", "noun", "period").agg(*sums, F.count("code"))
    return sorted((Remitted(*row) for row in summed.collect()), key=lambda one: (one.hospital, one.noun, one.period))


def _part(lake: Lake, noun: str, of: str, told: str, must: str) -> DataFrame:
    rows = lake.read(f"silver.{of}").where("is_current")
    return rows.select(
        hospital().alias("hospital"),
        F.lit(noun).alias("noun"),
        F.col(f"{noun}_id").alias("_id"),
        F.expr(told).cast("decimal(18,2)").alias("told"),
        F.expr(must).cast("decimal(18,2)").alias("must"),
        F.struct(F.lit(noun == of).alias("tells"), "posting_date", *PLACE).alias("_at"),
    )


def _balanced(parts: DataFrame) -> DataFrame:
    sums = [F.sum(name).alias(name) for name in ("told", "must")]
    summed = parts.groupBy("hospital", "noun", "_id").agg(*sums, F.max("_at").alias("_at"))
    return summed.select(
        *("hospital", "noun", "told", "must"),
        F.date_format("_at.posting_date", "yyyy-MM").alias("period"),
        F.when(F.col("told") != F.col("must"), "not_balanced").alias("code"),
        *(F.col(f"_at.{name}").alias(name) for name in PLACE),
    )
