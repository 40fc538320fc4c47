"""Every record that moves money, from the log of its file to silver: nothing lost, nothing added, no cent changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.bronze.log import log_table
from rcm_lakehouse.deliveries import Delivery, life_rows, lives
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Noun, Source
from rcm_lakehouse.silver import inputs
from rcm_lakehouse.transforms.beliefs import REPLACING
from rcm_lakehouse.transforms.mapping import DELIVERY, key_of, stored_key, to_noun

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


def compared(lake: Lake, metadata: Metadata, deliveries: Iterable[Delivery]) -> DataFrame | None:
    """One row per member of the nouns of money: its `period`, what its files told, what silver keeps, and `code`.

    `code` names what is wrong, with the `PLACE` of it, NULL where nothing is: `log_changed`, `silver_changed` (a row is
    not as it was written), `lost`, `not_in_log`, `silver_differs`. None where no such noun is fed.
    """
    by_source: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_source.setdefault(delivery.source_id, []).append(delivery)
    sides = [side for name, mine in sorted(by_source.items()) for side in _sides(lake, metadata, name, mine)]
    return _judged(reduce(DataFrame.unionByName, sides)) if sides else None


def kept(members: DataFrame) -> list[Kept]:
    """The control totals of compared members."""
    summed = members.groupBy("noun", "source_id", "period").agg(
        *(F.count_if(F.col(name)).alias(name) for name in ("is_told", "is_kept")),
        *(F.coalesce(F.sum(name), F.lit(0)).cast("decimal(38,2)") for name in ("told_amount", "kept_amount")),
        F.count("code"),
    )
    return sorted((Kept(*row) for row in summed.collect()), key=lambda one: (one.noun, one.source_id, one.period or ""))


def _sides(lake: Lake, metadata: Metadata, name: str, deliveries: list[Delivery]) -> Iterator[DataFrame]:
    source = metadata.source(name)
    if source.noun not in AMOUNTS:
        return
    noun = metadata.nouns[source.noun]
    if lake.exists(log_table(name)):
        yield _told(lake, source, noun, deliveries)
        yield _changed_in_log(lake, source, noun)
    if lake.exists(f"silver.{noun.name}"):
        yield _kept(lake, source, noun)


def _told(lake: Lake, source: Source, noun: Noun, deliveries: list[Delivery]) -> DataFrame:
    """What the source's files say, accepted records only. `stands`: of a delivery that counts now.

    Where deliveries replace each other, an earlier one counts too: what it said of a member holds on while the last
    one speaks of the member by a record that was not accepted.
    """
    lived, standing = lives(deliveries), _standing(source, deliveries)
    rows = [(*life.position, life.position in standing) for life in lived]
    stood = local_rows(lake.spark, rows, "_file_version_id string, _generation int, stands boolean")
    log = inputs.log(lake, source, deliveries)
    log = log.join(F.broadcast(life_rows(lake.spark, lived).drop("source_id")), DELIVERY)
    typed = to_noun(log, source, noun).where(F.size("_reasons") == 0).join(F.broadcast(stood), DELIVERY)
    return _side(typed, source, noun, "log", counts=F.col("stands") | F.lit(source.delivery_kind in REPLACING))


def _kept(lake: Lake, source: Source, noun: Noun) -> DataFrame:
    rows = lake.read(f"silver.{noun.name}").where(F.col("source_id") == source.source_id)
    keyed = rows.withColumn("_key", stored_key(noun))
    is_sound = F.sha2(_content(noun), 256) == F.col("_content_hash")
    return _side(keyed.withColumn("stands", F.col("is_current")), source, noun, "silver", is_sound=is_sound)


def _changed_in_log(lake: Lake, source: Source, noun: Noun) -> DataFrame:
    """Rows of the log that do not have the hash they were written with."""
    rows = lake.read(log_table(source.source_id))
    known = set(rows.columns)
    cells = [F.col(f"`{name}`").alias(column) for column, name in source.log_names.items() if name in known]
    named = rows.select(*PLACE, "_record_hash", *cells, *_absent(source, known))
    record = F.to_json(F.struct(*(F.col(f"`{column}`") for column in source.columns)))
    changed = named.where(F.sha2(record, 256) != F.col("_record_hash")).withColumn("_key", key_of(source, noun))
    return changed.select(
        *_names(source, noun), "_key", F.lit("log").alias("side"), F.lit(None).cast("string").alias("period"),
        F.lit(None).cast("decimal(18,2)").alias("amount"), F.lit(None).cast("bigint").alias("content"),
        F.lit(False).alias("stands"), F.lit(False).alias("counts"), F.lit(False).alias("is_sound"), *PLACE,
    )  # fmt: skip


def _absent(source: Source, known: set[str]) -> list[Column]:
    lacking = [column for column, name in source.log_names.items() if name not in known]
    return [F.lit(None).cast("string").alias(column) for column in lacking]


def _side(
    rows: DataFrame, source: Source, noun: Noun, side: str, counts: Column | None = None, is_sound: Column | None = None
) -> DataFrame:
    columns = {column.name for column in noun.columns}
    period = F.date_format("posting_date", "yyyy-MM") if "posting_date" in columns else F.col("period")
    return rows.select(
        *_names(source, noun), "_key", F.lit(side).alias("side"), period.alias("period"),
        F.col(AMOUNTS[noun.name]).alias("amount"), F.xxhash64(_content(noun)).alias("content"), "stands",
        (F.col("stands") if counts is None else counts).alias("counts"),
        (F.lit(True) if is_sound is None else is_sound).alias("is_sound"), *PLACE,
    )  # fmt: skip


def _names(source: Source, noun: Noun) -> tuple[Column, Column]:
    return F.lit(noun.name).alias("noun"), F.lit(source.source_id).alias("source_id")


def _content(noun: Noun) -> Column:
    return F.to_json(F.struct(*(column.name for column in noun.columns)))


def _standing(source: Source, deliveries: list[Delivery]) -> set[tuple[str, int]]:
    """The deliveries that count now: those that stand and, where each replaces the last, the last of a period."""
    standing = [life for life in lives(deliveries) if life.until is None]
    if source.delivery_kind not in REPLACING:
        return {life.position for life in standing}
    newest = {life.delivery.period: life.position for life in sorted(standing, key=lambda life: life.ordinal)}
    return set(newest.values())


def _judged(sides: DataFrame) -> DataFrame:
    """Both sides of each member beside each other, and what is wrong with it."""
    in_log, in_silver = F.col("side") == "log", F.col("side") == "silver"
    row = F.struct("period", "amount", "content", *PLACE)
    member = sides.groupBy(*MEMBER).agg(
        F.max(F.when(in_log & F.col("stands"), row)).alias("_told"),
        F.max(F.when(in_silver & F.col("stands"), row)).alias("_kept"),
        F.collect_set(F.when(in_log & F.col("stands"), F.col("content"))).alias("_standing"),
        F.collect_set(F.when(in_log & F.col("counts"), F.col("content"))).alias("_counting"),
        F.max(F.when(in_log & ~F.col("is_sound"), row)).alias("_log_changed"),
        F.max(F.when(in_silver & ~F.col("is_sound"), row)).alias("_silver_changed"),
    )
    contents = F.when(F.col("_told").isNull(), F.col("_counting")).otherwise(F.col("_standing"))
    agrees = F.coalesce(F.array_contains(contents, F.col("_kept.content")), F.lit(False))
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
