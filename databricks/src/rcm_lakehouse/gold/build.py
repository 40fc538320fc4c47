"""Each gold table: dimensions from silver, facts from silver and the dimensions they point to. A table is a function of

its inputs, so it can be built alone or anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.gold.dimensions import calendar, dimension, member_versions, named_members
from rcm_lakehouse.gold.facts import bound, hospital, with_date_keys
from rcm_lakehouse.gold.model import CALENDAR_YEARS, DIMENSIONS, FACTS, KEY_COMMENT, Dimension, Fact
from rcm_lakehouse.gold.naming import member_of, naming
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.gold.touched import News, touched_facts, touched_members
from rcm_lakehouse.gold.vocabulary import MEANINGS
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows

NOBODY = (
    "member_id string, version_key string, valid_from timestamp, valid_to timestamp, is_current boolean, _origin string"
)
"""The versions of a dimension that no noun describes: none."""


@dataclass(frozen=True, slots=True)
class ByMember:
    """How a table is brought up to changes: `touched` tells `members` of it, of whom `build` tells the rows.

    A row has a `key`; a member has all rows that agree in its columns.
    """

    members: tuple[str, ...]
    key: tuple[str, ...]
    touched: Callable[[Silver, News], DataFrame]
    build: Callable[[Silver, DataFrame], DataFrame]


@dataclass(frozen=True, slots=True)
class GoldTable:
    """A table of gold: what one row is, the tables it is made of (`<layer>.<name>`), how, and of which day."""

    name: str
    grain: str
    made_of: tuple[str, ...]
    build: Callable[[Silver], DataFrame]
    by_member: ByMember | None = None
    as_of: date | None = None


def dimension_tables() -> tuple[GoldTable, ...]:
    """The dimensions: made of silver alone."""
    return (
        *(_dimension_table(d) for d in DIMENSIONS),
        GoldTable("date", "One day of the calendar", (), _calendar),
    )


def fact_tables() -> tuple[GoldTable, ...]:
    """The facts: made of their noun and of dimensions, which must stand."""
    return tuple(_fact_table(f) for f in FACTS)


def gold_tables() -> tuple[GoldTable, ...]:
    """All tables, in an order in which they can be built."""
    return (*dimension_tables(), *fact_tables())


def column_comments(silver: Silver, table: str) -> Mapping[str, str]:
    """What is known of a table's columns: the nouns' own words, what a key is, and the vocabulary of gold."""
    made_of = {d.name: d.nouns for d in DIMENSIONS} | {f.noun: (f.noun,) for f in FACTS} | {"receivable": ("account",)}
    nouns = [silver.noun(name) for name in made_of.get(table, ())]
    comments = {column.name: column.description for noun in nouns for column in noun.columns}
    keys = {f"{d.name}_key": KEY_COMMENT for d in DIMENSIONS}
    days = {f"{day}_key": f"{day} as a key into the calendar" for fact in FACTS for day in fact.dates}
    return {**MEANINGS, **comments, **keys, **days}


def codes_seen(silver: Silver, dimension_name: str) -> DataFrame:
    """`member_id` of every member that facts or members of other dimensions name."""
    (wanted,) = [d for d in DIMENSIONS if d.name == dimension_name]
    return _named(silver, wanted)


def _dimension_table(d: Dimension) -> GoldTable:
    also = ("payer",) if d.name == "payer" else ()
    inputs = dict.fromkeys(f"silver.{noun}" for noun in (*d.nouns, *(noun for noun, _ in naming(d)), *also))
    build = partial(_dimension, d)
    by_member = ByMember((d.id_column,), (f"{d.name}_key",), partial(touched_members, d), build)
    return GoldTable(d.name, d.grain, tuple(inputs), build, by_member)


def _fact_table(f: Fact) -> GoldTable:
    also = ("silver.encounter",) if f.noun == "transaction" else ()
    inputs = (f"silver.{f.noun}", *also, *(f"gold.{name}" for name in f.members))
    key = (f"{f.noun}_id",)
    build = partial(_fact, f)
    return GoldTable(f.noun, f.grain, inputs, build, ByMember(key, key, partial(touched_facts, f), build))


def _versions(silver: Silver, d: Dimension, touched: DataFrame | None) -> DataFrame:
    parts = []
    for name in d.nouns:
        noun = silver.noun(name)
        versions = member_versions(_of(silver.rows(name), F.col(noun.key[0]), touched), d.name, noun)
        parts.append(versions.withColumn("code_set", F.lit(name)) if len(d.nouns) > 1 else versions)
    return reduce(DataFrame.unionByName, parts)


def _named(silver: Silver, d: Dimension, touched: DataFrame | None = None) -> DataFrame:
    return named_members([(_of(silver.rows(noun), member, touched), member) for noun, member in naming(d)])


def _of(rows: DataFrame, member: Column, touched: DataFrame | None) -> DataFrame:
    """The rows that tell of one of the members in the only column of `touched`; all when it is None."""
    if touched is None:
        return rows
    return rows.withColumn("_member", member).join(touched.toDF("_member"), "_member", "left_semi").drop("_member")


def _dimension(d: Dimension, silver: Silver, touched: DataFrame | None = None) -> DataFrame:
    versions = _versions(silver, d, touched) if d.nouns else local_rows(silver.lake.spark, [], NOBODY)
    table = dimension(versions, _named(silver, d, touched), d.name, d.id_column, d.of_hospital)
    if touched is not None:
        table = table.where(F.col(d.id_column).isNotNull())
    if d.nouns:
        return table
    coded = table.withColumn("payer_code", F.split_part(d.id_column, F.lit(":"), F.lit(2)))
    return coded.join(_payers(silver), "payer_code", "left")


def _payers(silver: Silver) -> DataFrame:
    """A row per code: where two origins describe one, the first of them by name is believed."""
    described = F.min_by(F.struct("name", "payer_group"), "source_id").alias("_payer")
    return silver.rows("payer").groupBy("payer_code").agg(described).select("payer_code", "_payer.*")


def _calendar(silver: Silver) -> DataFrame:
    return calendar(silver.lake.spark.range(1), *CALENDAR_YEARS)


def _fact(f: Fact, silver: Silver, touched: DataFrame | None = None) -> DataFrame:
    noun = silver.noun(f.noun)
    rows = _of(silver.rows(f.noun), F.col(noun.key[0]), touched)
    if f.noun == "transaction":
        rows = _with_encounter_date(rows, silver.rows("encounter"))
    versions = {d.name: described_members(silver.lake, d.name) for d in DIMENSIONS if d.name in f.members and d.nouns}
    members = {name: member_of(name, column) for name, column in f.members.items()}
    days = [day for day in f.dates if day in rows.columns]
    keyed = with_date_keys(bound(rows, F.col(f.day), members, versions), days)
    kept = [column.name for column in noun.columns if not column.phi]
    extra = ["encounter_date"] if f.noun == "transaction" else []
    keys = [f"{name}_key" for name in (*f.members, *days)]
    return keyed.select(*kept, *extra, hospital().alias("hospital"), *keys, "quality_flags")


def described_members(lake: Lake, dimension_name: str) -> DataFrame:
    """Versions of the members that a source describes, from the dimension as it stands, as facts are bound to them:

    each until the next begins, so that a member whom extracts lack on a day is who they were last.
    """
    (d,) = [d for d in DIMENSIONS if d.name == dimension_name]
    stands = lake.read(f"gold.{d.name}").where(f"NOT is_inferred AND {d.id_column} IS NOT NULL")
    following = F.lead("valid_from").over(Window.partitionBy(d.id_column).orderBy("valid_from"))
    return stands.select(
        F.col(d.id_column).alias("member_id"),
        F.col(f"{d.name}_key").alias("version_key"),
        "valid_from",
        following.alias("valid_to"),
    )


def _with_encounter_date(transactions: DataFrame, encounters: DataFrame) -> DataFrame:
    """An encounter is one row, so the join repeats no money."""
    return transactions.join(encounters.select("encounter_id", "encounter_date"), "encounter_id", "left")
