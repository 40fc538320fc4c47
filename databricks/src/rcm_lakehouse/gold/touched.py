"""Which members of gold changes of its inputs may have touched: only these are reckoned anew."""

from collections.abc import Iterable, Mapping
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.model import DIMENSIONS, Dimension, Fact
from rcm_lakehouse.gold.naming import member_of, naming
from rcm_lakehouse.gold.silver_tables import Silver

type News = Mapping[str, DataFrame]
"""By input that changed: of silver the rows before and after, of a dimension the `member_id` of who changed."""


def touched_members(d: Dimension, silver: Silver, news: News) -> DataFrame:
    """The column `id_column` of the dimension: of each member that changed rows describe, name or named before."""
    named = [*((noun, F.col(silver.noun(noun).key[0])) for noun in d.nouns), *naming(d)]
    found = [news[f"silver.{noun}"].select(member.alias("_id")) for noun, member in named if f"silver.{noun}" in news]
    if d.name == "payer" and "silver.payer" in news:
        codes = news["silver.payer"].select("payer_code")
        described = silver.lake.read("gold.payer").join(codes, "payer_code", "left_semi")
        found.append(described.select(F.col("payer_id").alias("_id")))
    return _union(found).where("_id IS NOT NULL").select(F.col("_id").alias(d.id_column)).distinct()


def touched_facts(f: Fact, silver: Silver, news: News) -> DataFrame:
    """The key of each fact whose row changed, or the encounter or a member that it names."""
    key = list(silver.noun(f.noun).key)
    rows = silver.rows(f.noun)
    found = [news[f"silver.{f.noun}"].select(*key)] if f"silver.{f.noun}" in news else []
    if f.noun != "encounter" and "silver.encounter" in news:
        changed = news["silver.encounter"].select("encounter_id")
        found.append(rows.join(changed, "encounter_id", "left_semi").select(*key))
    for name, column in f.members.items():
        if f"gold.{name}" in news:
            naming_them = rows.withColumn("member_id", member_of(name, column))
            found.append(naming_them.join(news[f"gold.{name}"], "member_id", "left_semi").select(*key))
    return _union(found).distinct()


def rebound_members(feed: DataFrame, d: Dimension) -> DataFrame:
    """`member_id` of each member whose versions, as facts are bound to them, a dimension's change feed leaves changed.

    What was taken out and put back again, as when the table was built whole, is no change.
    """
    versions = (F.col(d.id_column).alias("member_id"), f"{d.name}_key", "valid_from")
    came = F.col("_change_type").isin("insert", "update_postimage")
    described = feed.where(f"NOT is_inferred AND {d.id_column} IS NOT NULL")
    told = described.select(*versions, F.when(came, 1).otherwise(-1).alias("_by"))
    of_version = told.groupBy("member_id", f"{d.name}_key", "valid_from").agg(F.sum("_by").alias("_by"))
    return of_version.where("_by <> 0").select("member_id").distinct()


BOUND = {f"gold.{d.name}": d for d in DIMENSIONS if d.nouns}
"""Dimensions with versions: facts depend on them; of the others a key follows from the member alone."""


def _union(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames)
