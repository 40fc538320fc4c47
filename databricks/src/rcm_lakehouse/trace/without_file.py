"""What silver would say now if a file version were withdrawn: of each member that a file speaks of, in one go for all.

A member without a file is reckoned as a member of a source of its own that never had that file, by the very functions
that make silver of what stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.deliveries import Delivery, lives
from rcm_lakehouse.gold.silver_tables import silver_rows
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Noun, Source
from rcm_lakehouse.silver.arrived import Arrived
from rcm_lakehouse.silver.part import Part, part_of
from rcm_lakehouse.transforms.beliefs import REPLACING, belief_spans, mentions
from rcm_lakehouse.transforms.mapping import stored_key, with_content
from rcm_lakehouse.transforms.spans import MEMBER

ONE_MOMENT = datetime(2000, 1, 1)  # noqa: DTZ001 -- rows of Spark are in the session's zone; only now is asked for

RULED = "source_id string, _group string, _first int, _second int"


@dataclass(frozen=True, slots=True)
class StandingFile:
    """A file version that stands. `number` names it among all files that stand, `ordinal` among its source's."""

    number: int
    source_id: str
    noun: str
    ordinal: int
    file_version_id: str
    generation: int


def standing_files(metadata: Metadata, deliveries: Iterable[Delivery]) -> list[StandingFile]:
    """All that stand now, of sources that there are."""
    by_source: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_source.setdefault(delivery.source_id, []).append(delivery)
    lived = [life for source_id in sorted(by_source) for life in lives(by_source[source_id]) if life.until is None]
    sources = metadata.sources
    known = [(life, sources[life.delivery.source_id]) for life in lived if life.delivery.source_id in sources]
    return [
        StandingFile(number, source.source_id, source.noun, life.ordinal, *life.position)
        for number, (life, source) in enumerate(known)
    ]


def changed_without(
    lake: Lake, noun: Noun, sources: Sequence[Source], deliveries: Sequence[Delivery], files: Sequence[StandingFile]
) -> DataFrame:
    """Members of a noun that would be another, gone or back without a file: `source_id`, `_key`, `_without` (the file's

    number), `is_gone`, and the columns of silver as they would be (NULL where gone).
    """
    parts = [_without_each(lake, noun, source, deliveries, files) for source in sources]
    return lake.set_aside(f"impact.{noun.name}.changed", reduce(DataFrame.unionByName, parts))


def current_rows(lake: Lake, noun: Noun) -> DataFrame:
    """What silver says now, with `_key`."""
    return silver_rows(lake, noun).where("is_current").withColumn("_key", stored_key(noun))


def _without_each(
    lake: Lake, noun: Noun, source: Source, deliveries: Sequence[Delivery], files: Sequence[StandingFile]
) -> DataFrame:
    mine = tuple(one for one in deliveries if one.source_id == source.source_id)
    part = part_of(lake, noun, Arrived(source, mine, ()), None)
    stands = "_life_to IS NULL"
    # Written down, as silver does: Spark takes minutes to reason about what maps a record if all that follows has it.
    records = lake.set_aside(f"impact.{source.source_id}.records", part.records().where(stands))
    said = mentions(with_content(records, noun), part.quarantined.where(stands), part.kind)
    ruled = _ruled(lake, part, source, mine)
    pairs = _pairs(said, ruled, part.kind, lake, [one for one in files if one.source_id == source.source_id])
    told = _as_of_sources_without(said, pairs)
    believed = belief_spans(told, _reigns_without(told, ruled), part.kind, noun)
    named = believed.withColumn("_without", F.split_part("source_id", F.lit("#"), F.lit(2)).cast("int"))
    there = named.withColumns({"source_id": F.lit(source.source_id), "_key": stored_key(noun)})
    now = current_rows(lake, noun).select(*MEMBER, F.col("_content_hash").alias("_now"))
    beside = pairs.join(there, [*MEMBER, "_without"], "left").join(now, MEMBER, "left")
    differs = beside.where(~F.col("_content_hash").eqNullSafe(F.col("_now")))
    return differs.withColumn("is_gone", F.col("_content_hash").isNull()).drop("_now", "_excluded")


def _ruled(lake: Lake, part: Part, source: Source, deliveries: Iterable[Delivery]) -> DataFrame:
    """Of each group the two newest deliveries that stand and say who is missing: the one that reigns, and who would.

    0 where there is none.
    """
    speak: dict[str, list[int]] = {}
    for life in lives(deliveries):
        for group in part.groups.get(life.position, ()) if life.until is None else ():
            speak.setdefault(group, []).extend([] if life.position in part.torn else [life.ordinal])
    rows = [(source.source_id, group, *[*sorted(mine, reverse=True), 0, 0][:2]) for group, mine in speak.items()]
    return local_rows(lake.spark, rows, RULED)


def _pairs(said: DataFrame, ruled: DataFrame, kind: str, lake: Lake, files: Iterable[StandingFile]) -> DataFrame:
    """Each member with each file (`_without`, by ordinal `_excluded`) that it may hang on: that has it, or reigns."""
    hangs = said.select(*MEMBER, F.col("_ordinal").alias("_excluded"))
    if kind in REPLACING:
        reigning = said.select(*MEMBER, "_group").join(F.broadcast(ruled), ["source_id", "_group"])
        hangs = hangs.unionByName(reigning.select(*MEMBER, F.col("_first").alias("_excluded")))
    numbers = local_rows(lake.spark, [(one.ordinal, one.number) for one in files], "_excluded int, _without int")
    return hangs.distinct().join(F.broadcast(numbers), "_excluded")


def _as_of_sources_without(said: DataFrame, pairs: DataFrame) -> DataFrame:
    """All that is said of a member but by one file, as if of a source of its own, all of it at one moment."""
    others = said.join(pairs, MEMBER).where("_ordinal <> _excluded")
    always = {"_life_from": F.lit(ONE_MOMENT), "_life_to": F.lit(None).cast("timestamp")}
    own = F.concat_ws("#", "source_id", F.col("_without").cast("string"))
    return others.withColumns({"_of": F.col("source_id"), "source_id": own, **always})


def _reigns_without(told: DataFrame, ruled: DataFrame) -> DataFrame:
    newest = F.when(F.col("_excluded") == F.col("_first"), F.col("_second")).otherwise(F.col("_first"))
    groups = told.select("source_id", "_of", "_group", "_excluded").distinct()
    placed = groups.join(F.broadcast(ruled.withColumnRenamed("source_id", "_of")), ["_of", "_group"])
    since = F.lit(ONE_MOMENT).alias("since")
    reign = F.struct(since, F.lit(None).cast("timestamp").alias("until"), newest.alias("ordinal"))
    return placed.select("source_id", "_group", F.array(reign).alias("_reigns"))
