"""Each gold table: dimensions from silver, facts from silver and the dimensions they point to. A table is a function of

its inputs, so it can be built alone or anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.dimensions import calendar, dimension, member_versions, named_members
from rcm_lakehouse.gold.facts import bound, hospital, payer_id, with_date_keys
from rcm_lakehouse.gold.model import CALENDAR_YEARS, DIMENSIONS, FACTS, KEY_COMMENT, NAMED_BY_BILLING, Dimension, Fact
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.gold.vocabulary import MEANINGS
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows


@dataclass(frozen=True, slots=True)
class GoldTable:
    """A table of gold: what one row is, the tables it is made of (`<layer>.<name>`), how, and of which day."""

    name: str
    grain: str
    made_of: tuple[str, ...]
    build: Callable[[Silver], DataFrame]
    as_of: date | None = None


def dimension_tables() -> tuple[GoldTable, ...]:
    """The dimensions: made of silver alone."""
    return (
        *(GoldTable(d.name, d.grain, _inputs(d), partial(_dimension, d)) for d in DIMENSIONS),
        GoldTable("date", "One day of the calendar", (), _calendar),
    )


def fact_tables() -> tuple[GoldTable, ...]:
    """The facts: made of their noun and of dimensions, which must stand."""
    return tuple(GoldTable(f.noun, f.grain, _fact_inputs(f), partial(_fact, f)) for f in FACTS)


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


def _naming(d: Dimension) -> list[tuple[str, Column]]:
    """(noun, column) of all that name members of a dimension."""
    named = [(f.noun, _member(d.name, f.members[d.name])) for f in FACTS if d.name in f.members]
    if d.name == "npi":
        named.append(("provider", F.col("npi")))
    if d.name == "department":
        named.append(("provider", F.col("department_id")))
    return [*named, *((noun, _member(d.name, column)) for noun, column in NAMED_BY_BILLING.get(d.name, ()))]


def _member(dimension_name: str, column: str) -> Column:
    return payer_id(column) if dimension_name == "payer" else F.col(column)


def _inputs(d: Dimension) -> tuple[str, ...]:
    also = ("payer",) if d.name == "payer" else ()
    return tuple(dict.fromkeys(f"silver.{noun}" for noun in (*d.nouns, *(noun for noun, _ in _naming(d)), *also)))


def _fact_inputs(f: Fact) -> tuple[str, ...]:
    also = ("silver.encounter",) if f.noun == "transaction" else ()
    return (f"silver.{f.noun}", *also, *(f"gold.{name}" for name in f.members))


def _versions(silver: Silver, d: Dimension) -> DataFrame:
    parts = [member_versions(silver.rows(name), d.name, silver.noun(name)) for name in d.nouns]
    if len(parts) > 1:
        parts = [part.withColumn("code_set", F.lit(name)) for part, name in zip(parts, d.nouns, strict=True)]
    return reduce(DataFrame.unionByName, parts)


def _named(silver: Silver, d: Dimension) -> DataFrame:
    return named_members([(silver.rows(noun), member) for noun, member in _naming(d)])


def _dimension(d: Dimension, silver: Silver) -> DataFrame:
    if d.nouns:
        return dimension(_versions(silver, d), _named(silver, d), d.name, d.id_column, d.of_hospital)
    nobody = (
        "member_id string, version_key string, valid_from timestamp, valid_to timestamp, "
        "is_current boolean, _origin string"
    )
    table = dimension(local_rows(silver.lake.spark, [], nobody), _named(silver, d), d.name, d.id_column, d.of_hospital)
    coded = table.withColumn("payer_code", F.split_part(d.id_column, F.lit(":"), F.lit(2)))
    return coded.join(_payers(silver), "payer_code", "left")


def _payers(silver: Silver) -> DataFrame:
    """A row per code: where two origins describe one, the first of them by name is believed."""
    described = F.min_by(F.struct("name", "payer_group"), "source_id").alias("_payer")
    return silver.rows("payer").groupBy("payer_code").agg(described).select("payer_code", "_payer.*")


def _calendar(silver: Silver) -> DataFrame:
    return calendar(silver.lake.spark.range(1), *CALENDAR_YEARS)


def _fact(f: Fact, silver: Silver) -> DataFrame:
    noun = silver.noun(f.noun)
    rows = silver.rows(f.noun)
    if f.noun == "transaction":
        rows = _with_encounter_date(rows, silver.rows("encounter"))
    versions = {d.name: described_members(silver.lake, d.name) for d in DIMENSIONS if d.name in f.members and d.nouns}
    members = {name: _member(name, column) for name, column in f.members.items()}
    days = [day for day in f.dates if day in rows.columns]
    keyed = with_date_keys(bound(rows, F.col(f.day), members, versions), days)
    kept = [column.name for column in noun.columns if not column.phi]
    extra = ["encounter_date"] if f.noun == "transaction" else []
    keys = [f"{name}_key" for name in (*f.members, *days)]
    return keyed.select(*kept, *extra, hospital().alias("hospital"), *keys, "quality_flags")


def described_members(lake: Lake, dimension_name: str) -> DataFrame:
    """Versions of the members that a source describes, from the dimension as it stands."""
    (d,) = [d for d in DIMENSIONS if d.name == dimension_name]
    stands = lake.read(f"gold.{d.name}").where(f"NOT is_inferred AND {d.id_column} IS NOT NULL")
    return stands.select(
        F.col(d.id_column).alias("member_id"), F.col(f"{d.name}_key").alias("version_key"), "valid_from", "valid_to"
    )


def _with_encounter_date(transactions: DataFrame, encounters: DataFrame) -> DataFrame:
    """An encounter is one row, so the join repeats no money."""
    return transactions.join(encounters.select("encounter_id", "encounter_date"), "encounter_id", "left")
