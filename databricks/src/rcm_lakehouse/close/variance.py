"""Every difference between what was signed and what is known now, down to the ledger lines that make it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.close.figures import MOVEMENT, NOUGHT, Figure
from rcm_lakehouse.close.locks import Lock
from rcm_lakehouse.local_rows import local_rows

CUT_OFF, KNOWN_LATE, TAKEN_BACK = "cut_off", "known_late", "taken_back"
COLUMNS = (
    "hospital", "period", "account_group", "cause", "line_id", "entry_set_id", "kind", "posting_date", "effective_date",
    "known_at", "noun", "source_id", "source_key", "_file_version_id", "_generation", "_row_number",
)  # fmt: skip
SUMMARY = ("hospital", "period", "account_group", "cause", "noun", "source_id", "_file_version_id")


def variance_lines(lines: DataFrame, locks: Iterable[Lock]) -> DataFrame:
    """Of each signed period the posted lines that its books have and the restated view has not, and the reverse.

    `amount` is what the line adds to signed less restated; so the amounts of a period and account group add up to its
    variance exactly. `cause`: `cut_off` (posted in one month, effective in another), `known_late` (its own month was
    locked before it was known), `taken_back` (it undoes such a line because a file was corrected or withdrawn).
    """
    signed = local_rows(
        lines.sparkSession, [(lock.hospital, lock.period) for lock in locks], "hospital string, period string"
    )
    elsewhere = lines.where("accounting_period <> restated_period").withColumn("cause", _cause())
    in_books = elsewhere.withColumn("period", F.col("accounting_period"))
    restated = elsewhere.withColumns({"period": F.col("restated_period"), "amount": -F.col("amount")})
    both = in_books.unionByName(restated)
    return both.join(F.broadcast(signed), ["hospital", "period"], "left_semi").select(*COLUMNS, "amount")


@dataclass(frozen=True, slots=True)
class Explained:
    """Variance lines added up. Of what came late or was taken back the file is named; of what was cut off, the noun."""

    account_group: str
    cause: str
    noun: str
    source_id: str | None
    file_version_id: str | None
    amount: Decimal
    lines: int


def explained(lines: DataFrame) -> Mapping[tuple[str, str], list[Explained]]:
    """What makes up the variance of each signed period, by hospital and period."""
    named = F.col("cause") != CUT_OFF
    told = lines.withColumns({name: F.when(named, F.col(name)) for name in ("source_id", "_file_version_id")})
    summed = told.groupBy(*SUMMARY).agg(F.sum("amount").cast("decimal(38,2)"), F.count("*")).orderBy(*SUMMARY)
    found: dict[tuple[str, str], list[Explained]] = {}
    for hospital, period, *rest in summed.collect():
        found.setdefault((hospital, period), []).append(Explained(*rest))
    return found


def remainder(figures: Iterable[Figure], explained: Iterable[Explained]) -> Decimal:
    """The sum over account groups of what is not explained, signs apart."""
    left = {figure.account_group: figure.variance for figure in figures if figure.measure == MOVEMENT}
    for one in explained:
        left[one.account_group] = left.get(one.account_group, NOUGHT) - one.amount
    return sum((abs(amount) for amount in left.values()), NOUGHT)


def _cause() -> Column:
    is_late = F.col("accounting_period") > F.col("own_period")
    return F.when(is_late & F.col("takes_back").isNotNull(), TAKEN_BACK).when(is_late, KNOWN_LATE).otherwise(CUT_OFF)
