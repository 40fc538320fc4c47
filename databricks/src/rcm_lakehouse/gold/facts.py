"""Facts: silver rows bound to the version of each dimension that was valid on the day of the service."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.dimensions import date_key
from rcm_lakehouse.gold.keys import UNKNOWN_KEY, inferred_key


def hospital() -> Column:
    """The hospital a silver row is of."""
    return F.split_part("source_id", F.lit("__"), F.lit(1))


def payer_id(column: str = "payer_code") -> Column:
    """A payer's code is the hospital's own, so two hospitals' codes are two payers until a source says otherwise.

    NULL where the patient pays.
    """
    insurer = F.when(F.col(column) != "PATIENT", F.col(column))
    return F.concat(hospital(), F.lit(":"), insurer)


def bound(facts: DataFrame, day: Column, members: Mapping[str, Column], versions: Mapping[str, DataFrame]) -> DataFrame:
    """`facts` with `<dimension>_key` for each of `members` (dimension to the member a fact names).

    The version is the one valid at the start of `day`; on no day, the first. A member without versions gets its
    inferred key, no member the unknown one. A fact stays one row: versions of a member do not overlap, and the first
    reaches back to the beginning.
    """
    dated = facts.withColumn("_day", F.coalesce(day, F.lit("1900-01-01").cast("date")).cast("timestamp"))
    for dimension, member in members.items():
        dated = _bind(dated.withColumn("_member", member), dimension, versions.get(dimension))
    return dated.drop("_day", "_member")


def with_date_keys(facts: DataFrame, days: Sequence[str]) -> DataFrame:
    """`facts` with `<day>_key` for each of its date columns `days`."""
    return facts.withColumns({f"{day}_key": date_key(F.col(day)) for day in days})


def _bind(facts: DataFrame, dimension: str, versions: DataFrame | None) -> DataFrame:
    key = f"{dimension}_key"
    otherwise = F.when(F.col("_member").isNotNull(), inferred_key(dimension, F.col("_member"))).otherwise(UNKNOWN_KEY)
    if versions is None:
        return facts.withColumn(key, otherwise)
    spans = versions.select("member_id", "version_key", "valid_from", "valid_to")
    valid = F.expr("_member = member_id AND _day >= valid_from AND (valid_to IS NULL OR _day < valid_to)")
    joined = facts.join(spans, valid, "left")
    return joined.withColumn(key, F.coalesce("version_key", otherwise)).drop(*spans.columns)
