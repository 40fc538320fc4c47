"""Providers and codes from silver: golden providers by NPI, golden codes by crosswalk."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.facts import hospital
from rcm_lakehouse.gold.silver_tables import silver_rows
from rcm_lakehouse.lake import Lake, Written, unless_gap
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.master import crosswalks as golden
from rcm_lakehouse.master import providers
from rcm_lakehouse.master.bring_up_persons import write_wanted
from rcm_lakehouse.master.crosswalks import Crosswalk
from rcm_lakehouse.master.providers import Provider
from rcm_lakehouse.master.taken_in import Input, tuples
from rcm_lakehouse.metadata import Metadata

type Done = tuple[list[Written], Mapping[str, int]]
"""What was written, and what was odd, counted."""


def bring_up_providers(lake: Lake, metadata: Metadata) -> Done:
    """Every provider as their hospital knew them last."""
    last = F.max_by(F.struct("npi", "first_name", "last_name"), "effective_from").alias("_last")
    told = silver_rows(lake, metadata.nouns["provider"]).groupBy("provider_id").agg(last)
    found = [Provider(*row) for row in tuples(told.select("provider_id", "_last.*"))]
    rows = local_rows(lake.spark, providers.provider_rows(found), providers.PROVIDER_MEMBER_SCHEMA)
    written = write_wanted(lake, providers.PROVIDER_MEMBER, rows, providers.PROVIDER_MEMBER_KEY)
    return [written] if written else [], {}


def bring_up_crosswalks(
    lake: Lake, metadata: Metadata, crosswalks: Sequence[Crosswalk], then: Sequence[Input], now: Sequence[Input]
) -> Done:
    """Every code that silver ever held: those seen before, and those of rows that changed since."""
    stands = lake.exists(golden.CROSSWALK_MEMBER)
    known = tuples(lake.read(golden.CROSSWALK_MEMBER).select(*golden.CROSSWALK_MEMBER_KEY)) if stands else []
    since = {one.table: one.version for one in then} if stands else {}
    codes = unless_gap(lambda: _codes(lake, metadata, crosswalks, since, now))
    if codes is None:
        codes = _codes(lake, metadata, crosswalks, {}, now)
    rows = golden.mapped([*known, *codes], crosswalks)
    wanted = local_rows(lake.spark, rows, golden.CROSSWALK_MEMBER_SCHEMA)
    written = write_wanted(lake, golden.CROSSWALK_MEMBER, wanted, golden.CROSSWALK_MEMBER_KEY)
    return [written] if written else [], golden.unmapped_counts(rows)


def _codes(
    lake: Lake, metadata: Metadata, crosswalks: Sequence[Crosswalk], since: Mapping[str, int], now: Sequence[Input]
) -> list[tuple[Any, ...]]:
    """The codes in rows that changed after the versions `since`; in all rows of a table that is not in it."""
    seen = list(_seen(lake, metadata, crosswalks, since, now))
    return tuples(reduce(DataFrame.unionByName, seen).distinct()) if seen else []


def _seen(
    lake: Lake, metadata: Metadata, crosswalks: Sequence[Crosswalk], since: Mapping[str, int], now: Sequence[Input]
) -> Iterator[DataFrame]:
    """`crosswalk`, `hospital` and `code` of each column that names such codes, where its table moved."""
    for one in now:
        noun = one.table.removeprefix("silver.")
        before = since.get(one.table)
        if before == one.version:
            continue
        is_new = before is None or before > one.version
        rows = silver_rows(lake, metadata.nouns[noun]) if is_new else lake.changes(one.table, before or 0)
        for crosswalk in crosswalks:
            for column in crosswalk.named_by.get(noun, ()):
                code = F.col(column).alias("code")
                yield rows.select(F.lit(crosswalk.name).alias("crosswalk"), hospital().alias("hospital"), code).where(
                    "code IS NOT NULL"
                )
