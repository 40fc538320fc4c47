"""Every record that moves money, from the log of its file to silver: nothing lost, nothing added, no cent changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.bronze.log import log_table
from rcm_lakehouse.deliveries import Delivery, lives
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Noun, Source
from rcm_lakehouse.parallel import each
from rcm_lakehouse.silver.inputs import delivered_cells
from rcm_lakehouse.transforms.beliefs import REPLACING
from rcm_lakehouse.transforms.cells import text_of, value_of
from rcm_lakehouse.transforms.mapping import DELIVERY, content_hash, key_of, record_hash, stored_key

AMOUNTS: Mapping[str, str] = {
    "charge": "amount",
    "remittance": "payment_amount",
    "remittance_claim": "paid_amount",
    "remittance_adjustment": "amount",
    "provider_adjustment": "amount",
    "patient_payment": "amount",
    "account_adjustment": "amount",
    "payable": "amount",
    "gl_balance": "amount",
}
"""Nouns of money, and the column that is added up. All have a posting date; `gl_balance` has a period instead."""

PERIOD = {"gl_balance": "period"}
"""Nouns whose period is a column, not the month of the posting date."""

STOOD = "_file_version_id string, _generation int, stands boolean, counts boolean"
MEMBER = ("noun", "source_id", "_key")
PLACE = ("_file_version_id", "_generation", "_row_number")


@dataclass(frozen=True, slots=True)
class Kept:
    """Records of a source in a period (by posting date): `told` in its files that stand, and `kept` in silver.

    Counts are of members: a record that says again what is known is not counted twice. `breaks`: members not as told.
    `period` None: it cannot be told.
    """

    noun: str
    source_id: str
    period: str | None
    told: int
    kept: int
    told_amount: Decimal
    kept_amount: Decimal
    breaks: int

    @property
    def hospital(self) -> str:
        """Whose records they are: the origin of the source."""
        return self.source_id.partition("__")[0]


def compared(lake: Lake, metadata: Metadata, deliveries: Iterable[Delivery]) -> list[DataFrame]:
    """For each noun of money that is fed one row per member: its `period`, what files told, what silver keeps, `code`.

    `code` names what is wrong, with the `PLACE` of it, NULL where nothing is: `log_changed`, `silver_changed` (a row
    has not the hash it was written with), `lost`, `not_in_log`, `silver_differs`.

    Nouns are not put together: each task unpacks the plan of its stage, and of one for all there would be many of both.
    """
    by_source: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_source.setdefault(delivery.source_id, []).append(delivery)
    by_noun: dict[str, list[Source]] = {}
    for source in (metadata.source(name) for name in sorted(by_source) if is_money(metadata, name)):
        if lake.exists(log_table(source.source_id)):
            by_noun.setdefault(source.noun, []).append(source)
    return each(lambda name: _compared(lake, metadata.nouns[name], by_noun[name], by_source), sorted(by_noun))


def is_money(metadata: Metadata, source_id: str) -> bool:
    """Whether a source's records are compared."""
    return metadata.source(source_id).noun in AMOUNTS


def kept(compared: Iterable[DataFrame]) -> list[Kept]:
    """The control totals of compared members."""
    found = [one for mine in each(_totals, compared) for one in mine]
    return sorted(found, key=lambda one: (one.noun, one.source_id, one.period or ""))


def _compared(
    lake: Lake, noun: Noun, sources: Sequence[Source], by_source: Mapping[str, Sequence[Delivery]]
) -> DataFrame:
    logs = [_logged(lake, source, noun) for source in sources]
    stood = [row for source in sources for row in _stood(source, by_source[source.source_id])]
    told = _union(logs).join(F.broadcast(local_rows(lake.spark, stood, STOOD)), DELIVERY)
    return _judged(_accepted(lake, told, noun).unionByName(_kept(lake, noun)))


def _totals(members: DataFrame) -> list[Kept]:
    summed = members.groupBy("noun", "source_id", "period").agg(
        *(F.count_if(F.col(name)).alias(name) for name in ("is_told", "is_kept")),
        *(F.coalesce(F.sum(name), F.lit(0)).cast("decimal(38,2)") for name in ("told_amount", "kept_amount")),
        F.count("code"),
    )
    return [Kept(*row) for row in summed.collect()]


def _logged(lake: Lake, source: Source, noun: Noun) -> DataFrame:
    """What the source's files say of member, period and amount, with whether the row is as it was written."""
    rows = lake.read(log_table(source.source_id))
    month = _value(source, noun, PERIOD.get(noun.name, "posting_date"))
    return rows.select(*PLACE, "_record_hash", *delivered_cells(rows, source)).select(
        F.lit(noun.name).alias("noun"),
        F.lit(source.source_id).alias("source_id"),
        key_of(source, noun).alias("_key"),
        F.lit(True).alias("in_log"),
        (month if noun.name in PERIOD else F.date_format(month, "yyyy-MM")).alias("period"),
        _value(source, noun, AMOUNTS[noun.name]).alias("amount"),
        (record_hash(source) == F.col("_record_hash")).alias("is_sound"),
        *PLACE,
    )


def _kept(lake: Lake, noun: Noun) -> DataFrame:
    """The same of silver; rows of the past count for nothing but for being as they were written."""
    month = F.col("period") if noun.name in PERIOD else F.date_format("posting_date", "yyyy-MM")
    return lake.read(f"silver.{noun.name}").select(
        F.lit(noun.name).alias("noun"),
        "source_id",
        stored_key(noun).alias("_key"),
        F.lit(False).alias("in_log"),
        month.alias("period"),
        F.col(AMOUNTS[noun.name]).alias("amount"),
        (content_hash(noun) == F.col("_content_hash")).alias("is_sound"),
        *PLACE,
        F.col("is_current").alias("stands"),
        F.col("is_current").alias("counts"),
    )


def _value(source: Source, noun: Noun, name: str) -> Column:
    column = next(column for column in noun.columns if column.name == name)
    return value_of(text_of(source.cells[name]), column, source.cells[name], source.origin)


def _accepted(lake: Lake, told: DataFrame, noun: Noun) -> DataFrame:
    """Without the records that silver rejected."""
    table = f"silver.{noun.name}_reject"
    if not lake.exists(table):
        return told
    rejects = lake.read(table).select("source_id", *PLACE)
    return told.join(F.broadcast(rejects), ["source_id", *PLACE], "left_anti")


def _stood(source: Source, deliveries: Iterable[Delivery]) -> Iterator[tuple[object, ...]]:
    """Of each delivery that ever stood: whether it counts now (`stands`), and whether it may be believed (`counts`).

    Where deliveries replace each other, an earlier one that stands may: what it said of a member holds on while the
    last one speaks of the member by a record that was not accepted, or by one that tells nobody.
    """
    lived = lives(deliveries)
    standing = [life for life in lived if life.until is None]
    newest = {life.delivery.period: life.position for life in sorted(standing, key=lambda life: life.ordinal)}
    replaces = source.delivery_kind in REPLACING
    counting = set(newest.values()) if replaces else {life.position for life in standing}
    for life in lived:
        stands = life.position in counting
        yield (*life.position, stands, stands or (replaces and life.until is None))


def _union(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames)


def _judged(sides: DataFrame) -> DataFrame:
    """Both sides of each member beside each other, and what is wrong with it."""
    in_log, stands = F.col("in_log"), F.col("stands")
    row, said = F.struct("period", "amount", *PLACE), F.struct("period", "amount")
    member = sides.groupBy(*MEMBER).agg(
        F.max(F.when(in_log & stands, row)).alias("_told"),
        F.max(F.when(~in_log & stands, row)).alias("_kept"),
        F.collect_set(F.when(in_log & stands, said)).alias("_standing"),
        F.collect_set(F.when(in_log & F.col("counts"), said)).alias("_counting"),
        F.max(F.when(in_log & ~F.col("is_sound"), row)).alias("_log_changed"),
        F.max(F.when(~in_log & ~F.col("is_sound"), row)).alias("_silver_changed"),
    )
    contents = F.when(F.col("_told").isNull(), F.col("_counting")).otherwise(F.col("_standing"))
    kept_ = F.struct(F.col("_kept.period").alias("period"), F.col("_kept.amount").alias("amount"))
    agrees = F.col("_kept").isNotNull() & F.array_contains(contents, kept_)
    at = F.coalesce("_log_changed", "_silver_changed", "_kept", "_told")
    judged = member.withColumns({"_agrees": agrees, "_at": at, "code": _code()})
    return judged.select(
        *MEMBER[:2],
        F.coalesce("_kept.period", "_told.period", "_silver_changed.period").alias("period"),
        (F.col("_told").isNotNull() | F.col("_agrees")).alias("is_told"),
        F.col("_kept").isNotNull().alias("is_kept"),
        F.when(F.col("_agrees"), F.col("_kept.amount")).otherwise(F.col("_told.amount")).alias("told_amount"),
        F.col("_kept.amount").alias("kept_amount"),
        "code",
        *(F.col(f"_at.{name}").alias(name) for name in PLACE),
    )


def _code() -> Column:
    is_told, is_kept = F.col("_told").isNotNull(), F.col("_kept").isNotNull()
    differs = F.when(is_told | (F.size("_counting") > 0), "silver_differs").otherwise("not_in_log")
    return (
        F.when(F.col("_log_changed").isNotNull(), "log_changed")
        .when(F.col("_silver_changed").isNotNull(), "silver_changed")
        .when(is_told & ~is_kept, "lost")
        .when(is_kept & ~F.col("_agrees"), differs)
    )
