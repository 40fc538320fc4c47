"""Which versions of silver each part of master data stands on, and by which rules: what hasn't moved costs nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pyspark.sql import DataFrame

from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.parallel import each

TAKEN_IN = "gold.master_input"
"""Written after the tables that it is about."""
TAKEN_IN_SCHEMA = "part string, input string, version bigint, rules_id string"


class Input(NamedTuple):
    """A table that a part is made of, in a version, by rules."""

    part: str
    table: str
    version: int
    rules_id: str


def inputs(lake: Lake, tables_of: Mapping[str, Iterable[str]], rules_of: Mapping[str, str]) -> list[Input]:
    """What there is now for each part, sorted; a table that was never written is left out."""
    tables = sorted({table for tables in tables_of.values() for table in tables})
    versions = dict(zip(tables, each(lake.version, tables), strict=True))
    return sorted(
        Input(part, table, version, rules_of[part])
        for part, tables in tables_of.items()
        for table in tables
        if (version := versions[table]) is not None
    )


def taken_in(lake: Lake) -> list[Input]:
    """What the parts stand on, sorted."""
    return sorted(Input(*row) for row in tuples(lake.read(TAKEN_IN))) if lake.exists(TAKEN_IN) else []


def forget(lake: Lake, before: Sequence[Input], parts: Collection[str]) -> None:
    """Says of parts that are to be brought up that they stand on nothing; before their tables are written.

    After a crash in between, whatever tables and rules are by then, they are brought up once more.
    """
    kept = [one for one in before if one.part not in parts]
    if len(kept) < len(before):
        record(lake, kept)


def record(lake: Lake, now: Iterable[Input]) -> Written:
    """Writes down what the parts stand on from here on."""
    return lake.replace(TAKEN_IN, local_rows(lake.spark, now, TAKEN_IN_SCHEMA).coalesce(1))


def tuples(told: DataFrame) -> list[tuple[Any, ...]]:
    """Rows on the driver. Through Arrow: an instant stays one, whatever the driver's time zone."""
    return [tuple(row.values()) for row in told.toArrow().to_pylist()]
