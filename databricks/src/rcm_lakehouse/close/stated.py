"""What silver says must be entered in the account ledger, beside the lines that stand there."""

from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

PLACE = ("source_id", "entry_set_id", "_file_version_id", "_generation", "_row_number")
COMPARED = (
    "entry_set_id", "hospital", "account_id", "responsible_party", "gl_account", "kind", "is_reversal", "amount",
    "service_date", "posting_date", "effective_date", "known_at", "takes_back",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """Lines of a noun posted in a period: `stated` by silver, and `entered` in the ledger; amounts are debits."""

    hospital: str
    noun: str
    period: str
    stated: int
    entered: int
    stated_amount: Decimal
    entered_amount: Decimal
    breaks: int


def beside(stated: DataFrame, entered: DataFrame) -> DataFrame:
    """One row per ledger line; `code` is `line_missing`, `line_added` or `line_changed`, NULL where both agree."""
    facts = F.struct(*COMPARED)
    place = F.struct("noun", *PLACE)
    sides = stated.select("line_id", facts.alias("_stated"), place.alias("_stated_at")).join(
        entered.select("line_id", facts.alias("_entered"), place.alias("_entered_at")), "line_id", "full"
    )
    code = (
        F.when(F.col("_entered").isNull(), "line_missing")
        .when(F.col("_stated").isNull(), "line_added")
        .when(~F.col("_stated").eqNullSafe(F.col("_entered")), "line_changed")
    )
    at, line = F.coalesce("_stated_at", "_entered_at"), F.coalesce("_stated", "_entered")
    return sides.select(
        "line_id",
        line["hospital"].alias("hospital"),
        F.date_format(line["posting_date"], "yyyy-MM").alias("period"),
        *(at[name].alias(name) for name in ("noun", *PLACE)),
        F.col("_stated.amount").alias("stated_amount"),
        F.col("_entered.amount").alias("entered_amount"),
        code.alias("code"),
    )


def totals(lines: DataFrame) -> list[Stated]:
    """The control totals of lines set beside each other."""
    amounts = ("stated_amount", "entered_amount")
    summed = lines.groupBy("hospital", "noun", "period").agg(
        *(F.count(name) for name in amounts),
        *(F.coalesce(F.sum(F.greatest(name, F.lit(0))), F.lit(0)).cast("decimal(38,2)") for name in amounts),
        F.count("code"),
    )
    return sorted((Stated(*row) for row in summed.collect()), key=lambda one: (one.hospital, one.noun, one.period))
