"""One noun of silver brought up to the logs of its sources: rebuilt for the members that may have changed, merged."""

from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.metadata import Noun
from rcm_lakehouse.report import TableReport
from rcm_lakehouse.silver.arrived import Arrived
from rcm_lakehouse.silver.part import Part, part_of
from rcm_lakehouse.silver.rejects import is_refused, write_rejects
from rcm_lakehouse.transforms.beliefs import belief_spans, mentions
from rcm_lakehouse.transforms.differences import differences
from rcm_lakehouse.transforms.mapping import stored_key, with_content
from rcm_lakehouse.transforms.spans import MEMBER, SPAN
from rcm_lakehouse.transforms.versions import versions


def refine_noun(lake: Lake, noun: Noun, arrived: Sequence[Arrived]) -> list[TableReport]:
    """Rebuilds what the arrived deliveries may have changed, and merges the differences in one commit.

    The result depends on the logs alone, so a repeat, or a start after a crash, finds nothing left to change.
    """
    table = f"silver.{noun.name}"
    stored = lake.read(table) if lake.exists(table) else None
    parts = [part_of(lake, noun, one, stored) for one in arrived]
    touched, are_some = (None, True) if stored is None else _touched(lake, table, noun, parts, stored)
    if not are_some:
        return []
    records = _union(part.records(touched) for part in parts)
    mapped, counts = lake.count_aside(f"{table}.records", records, refused=is_refused(arrived))
    rejected = write_rejects(lake, f"{table}_reject", mapped, counts["refused"], arrived)
    wanted = _wanted(with_content(mapped, noun), parts, touched, noun)
    written = lake.append(table, wanted) if stored is None else _merge(lake, table, noun, wanted, parts, touched)
    rows_in = sum(one.rows for one in arrived)
    reports = [TableReport(written, rows_in, rejected.inserted if rejected else 0)] if written else []
    return [*reports, *([TableReport(rejected, rows_in)] if rejected else [])]


def _touched(
    lake: Lake, table: str, noun: Noun, parts: Sequence[Part], stored: DataFrame
) -> tuple[DataFrame | None, bool]:
    """`source_id` and `_key` of all members that may change, and whether there are any.

    None when every source speaks of all of its members. What was rejected of a new file version is among them.
    """
    told = [part.touched for part in parts if part.touched is not None]
    if not told:
        return None, True
    everyone = [part.records().select(*MEMBER) for part in parts if part.touched is None]
    members = stored.select("source_id", stored_key(noun).alias("_key"))
    whole = [part.source.source_id for part in parts if part.touched is None]
    everyone += [members.where(F.col("source_id") == source_id) for source_id in whole]
    touched = _union([*told, *everyone]).distinct()
    rows, counts = lake.count_aside(f"{table}.touched", touched, members=F.lit(True))
    return rows, counts["members"] > 0


def _wanted(records: DataFrame, parts: Sequence[Part], touched: DataFrame | None, noun: Noun) -> DataFrame:
    """What silver should hold of the members in `records`: sources of one delivery kind are reckoned together."""
    by_kind: dict[str, list[Part]] = {}
    for part in parts:
        by_kind.setdefault(part.kind, []).append(part)
    return _union(_history(records, mine, touched, kind, noun) for kind, mine in sorted(by_kind.items()))


def _history(records: DataFrame, parts: Sequence[Part], touched: DataFrame | None, kind: str, noun: Noun) -> DataFrame:
    mine = records.where(F.col("source_id").isin([part.source.source_id for part in parts]))
    mentioned = mentions(mine, _of(_union(part.quarantined for part in parts), touched), kind)
    reigns = _union(part.reigns for part in parts)
    if noun.history == "latest":
        return belief_spans(mentioned, reigns, kind, noun)
    return versions(mentioned, reigns, _union(part.lives for part in parts), kind, noun)


def _merge(
    lake: Lake, table: str, noun: Noun, wanted: DataFrame, parts: Sequence[Part], touched: DataFrame | None
) -> Written | None:
    mine = F.col("source_id").isin([part.source.source_id for part in parts])
    stored = _of(lake.read(table).where(mine).withColumn("_key", stored_key(noun)), touched).drop("_key")
    key = ("source_id", *noun.key, SPAN[noun.history][0])
    return lake.merge(table, lake.stage(table, differences(stored, wanted, key)), key)


def _of(rows: DataFrame, members: DataFrame | None) -> DataFrame:
    return rows if members is None else rows.join(members, MEMBER, "left_semi")


def _union(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames)
