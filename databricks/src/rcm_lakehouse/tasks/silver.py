"""Task silver: everything in the log that is not yet in silver, typed and versioned, noun by noun."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.deliveries import Delivery, recorded, standing, standing_rows
from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Noun, Source, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TableReport, TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now
from rcm_lakehouse.tasks.bronze import DELIVERIES, QUARANTINE
from rcm_lakehouse.transforms.belief import presence
from rcm_lakehouse.transforms.differences import differences
from rcm_lakehouse.transforms.history import history
from rcm_lakehouse.transforms.mapping import DELIVERY, quarantined_members, stored_key, to_noun, with_content
from rcm_lakehouse.transforms.touched import touched_members

PROCESSED = "silver.processed"
"""(source, file version, generation, mapping) that silver has taken in; written after the tables it is about."""

REJECT_KEY = ("source_id", "_file_version_id", "_generation", "_row_number")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One source with deliveries that silver has not taken in under the present mapping."""

    source: Source
    deliveries: tuple[Delivery, ...]
    waiting: tuple[Delivery, ...]

    @property
    def file_versions(self) -> list[str]:
        return sorted({delivery.file_version_id for delivery in self.waiting})


@dataclass(frozen=True, slots=True)
class Part:
    """One source's part of a noun: mapped records of the members it may have changed, and who was quarantined."""

    arrived: Arrived
    records: DataFrame
    members: DataFrame
    stand: DataFrame
    touched: DataFrame | None


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    spark = spark_session()
    refine(Lake(spark, arguments.lake_root), arguments, read_metadata(metadata_path()), utc_now())


def refine(lake: Lake, arguments: Arguments, metadata: Metadata, started_at: datetime) -> None:
    """Brings silver up to the log. Each noun is one commit; a repeat finds nothing to change and commits nothing."""
    arrived = arrived_deliveries(lake, metadata)
    by_noun: dict[str, list[Arrived]] = {}
    for one in arrived:
        by_noun.setdefault(one.source.noun, []).append(one)
    tables = each(lambda noun: _refine_noun(lake, metadata.nouns[noun], by_noun[noun]), by_noun)
    _record(lake, arrived, arguments.token)
    report = TaskReport(
        "silver",
        started_at,
        tables=tuple(table for group in tables for table in group),
        sources=record_counts(lake, metadata, [delivery for one in arrived for delivery in one.deliveries]),
        lineage=tuple((f"bronze.{one.source.source_id}", f"silver.{one.source.noun}") for one in arrived),
    )
    report.write(lake.spark, arguments.report_uri, utc_now())


def arrived_deliveries(lake: Lake, metadata: Metadata) -> list[Arrived]:
    """By source, the deliveries in the log not yet taken in under the source's present mapping."""
    everything = recorded(lake.read(DELIVERIES))
    taken_in = set[tuple[str, int, str]]()
    if lake.exists(PROCESSED):
        rows = lake.read(PROCESSED).select("file_version_id", "generation", "mapping_id").collect()
        taken_in = {(row[0], row[1], row[2]) for row in rows}
    arrived = []
    for name in sorted({delivery.source_id for delivery in everything}):
        source = metadata.source(name)
        mine = tuple(d for d in everything if d.source_id == name)
        waiting = tuple(d for d in mine if (d.file_version_id, d.generation, source.mapping_id) not in taken_in)
        if waiting:
            arrived.append(Arrived(source, mine, waiting))
    return arrived


def _refine_noun(lake: Lake, noun: Noun, arrived: Sequence[Arrived]) -> list[TableReport]:
    table = f"silver.{noun.name}"
    first = not lake.exists(table)
    parts = [_part(lake, noun, one, first) for one in arrived]
    mapped = lake.set_aside(f"{table}.records", _union(part.records for part in parts))
    records = with_content(mapped, noun)
    rejected = _write_rejects(lake, f"{table}_reject", mapped, parts)
    kinds = sorted({one.source.delivery_kind for one in arrived})
    wanted = _union(_history(records, [part for part in parts if _kind(part) == kind], kind, noun) for kind in kinds)
    written = lake.append(table, wanted) if first else _merge(lake, table, noun, wanted, parts)
    rows_in = sum(delivery.bronze_count for one in arrived for delivery in one.waiting)
    reports = [TableReport(written, rows_in, rejected.inserted if rejected else 0)] if written else []
    return [*reports, *([TableReport(rejected, rows_in)] if rejected else [])]


def _part(lake: Lake, noun: Noun, arrived: Arrived, first: bool) -> Part:
    source = arrived.source
    stand = standing_rows(lake.spark, arrived.deliveries)
    log = _log(lake, source)
    quarantined = quarantined_members(_quarantine(lake, source), source, noun)
    touched = None if first else _touched(lake, noun, arrived, log, quarantined)
    records = to_noun(log.join(F.broadcast(stand), DELIVERY), source, noun)
    members = quarantined.join(F.broadcast(stand.drop("source_id")), DELIVERY)
    if touched is not None:
        records = records.join(touched, "_key", "left_semi")
        members = members.join(touched, "_key", "left_semi")
    return Part(arrived, records, members, stand, touched)


def _touched(lake: Lake, noun: Noun, arrived: Arrived, log: DataFrame, quarantined: DataFrame) -> DataFrame | None:
    new = local_rows(lake.spark, [(fv,) for fv in arrived.file_versions], "_file_version_id string")
    periods = sorted({(d.file_version_id, d.period) for d in arrived.deliveries if d.period})
    file_periods = local_rows(lake.spark, periods, "_file_version_id string, _period string")
    return touched_members(log, quarantined, file_periods, new, arrived.source, noun)


def _history(records: DataFrame, parts: Sequence[Part], kind: str, noun: Noun) -> DataFrame:
    mine = records.where(F.col("source_id").isin([part.arrived.source.source_id for part in parts]))
    present = presence(mine, _union(part.members for part in parts))
    return history(mine, present, _union(part.stand for part in parts), kind, noun)


def _kind(part: Part) -> str:
    return part.arrived.source.delivery_kind


def _union(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames)


def _merge(lake: Lake, table: str, noun: Noun, wanted: DataFrame, parts: Sequence[Part]) -> Written | None:
    stored = _union(_stored(lake.read(table), noun, part) for part in parts)
    key = ("source_id", *noun.key, *(("effective_from",) if noun.history == "scd2" else ()))
    return lake.merge(table, lake.stage(table, differences(stored, wanted, key)), key)


def _stored(rows: DataFrame, noun: Noun, part: Part) -> DataFrame:
    mine = rows.where(F.col("source_id") == part.arrived.source.source_id)
    if part.touched is None:
        return mine
    return mine.withColumn("_key", stored_key(noun)).join(part.touched, "_key", "left_semi").drop("_key")


def _write_rejects(lake: Lake, table: str, records: DataFrame, parts: Sequence[Part]) -> Written | None:
    file_versions = [name for part in parts for name in part.arrived.file_versions]
    new = F.col("_file_version_id").isin(file_versions)
    wanted = records.where(new & (F.size("_reasons") > 0)).select(*REJECT_KEY, F.col("_reasons").alias("reasons"))
    if not lake.exists(table):
        return None if wanted.isEmpty() else lake.append(table, wanted)
    stored = lake.read(table).where(new)
    return lake.merge(table, lake.stage(table, differences(stored, wanted, REJECT_KEY)), REJECT_KEY)


def _log(lake: Lake, source: Source) -> DataFrame:
    table = f"bronze.{source.source_id}"
    positions = ["_row_number", "_file_version_id", "_generation"]
    if not lake.exists(table):
        schema = ", ".join(("_row_number bigint, _file_version_id string, _generation int", *_strings(source.columns)))
        return local_rows(lake.spark, [], schema)
    log = lake.read(table)
    known = set(log.columns)
    # A column that metadata gained after the last delivery is not in the log yet.
    cells = [
        (F.col(f"`{name}`") if name in known else F.lit(None).cast("string")).alias(column)
        for column, name in source.log_names.items()
    ]
    return log.select(*positions, *cells)


def _strings(columns: Iterable[str]) -> Iterable[str]:
    return (f"`{column}` string" for column in columns)


def _quarantine(lake: Lake, source: Source) -> DataFrame:
    if not lake.exists(QUARANTINE):
        schema = "_file_version_id string, _generation int, cells map<string, string>"
        return local_rows(lake.spark, [], schema)
    return lake.read(QUARANTINE).where(F.col("_source_id") == source.source_id)


def _record(lake: Lake, arrived: Iterable[Arrived], token: str) -> None:
    rows = [
        (one.source.source_id, delivery.file_version_id, delivery.generation, one.source.mapping_id, token)
        for one in arrived
        for delivery in one.waiting
    ]
    schema = "source_id string, file_version_id string, generation int, mapping_id string, token string"
    if rows:
        lake.append(PROCESSED, local_rows(lake.spark, rows, schema).coalesce(1))


def record_counts(lake: Lake, metadata: Metadata, deliveries: Sequence[Delivery]) -> dict[str, Mapping[str, int]]:
    """Of each source's log: all rows, those that stand and were accepted, rejected, and no longer stand.

    The counts of deliveries are those of the log: bronze compared them when it loaded it.
    """
    rejected = _reject_counts(lake, metadata)
    by_source = {
        name: [d for d in deliveries if d.source_id == name] for name in sorted({d.source_id for d in deliveries})
    }
    counts: dict[str, Mapping[str, int]] = {}
    for name, mine in by_source.items():
        in_log = sum(d.bronze_count for d in mine)
        stands = sum(d.bronze_count for d in standing(mine))
        refused = rejected.get(name, 0)
        counts[name] = {
            "bronze_log": in_log,
            "silver": stands - refused,
            "rejected": refused,
            "superseded": in_log - stands,
        }
    return counts


def _reject_counts(lake: Lake, metadata: Metadata) -> Mapping[str, int]:
    tables = [f"silver.{noun}_reject" for noun in sorted(metadata.nouns) if lake.exists(f"silver.{noun}_reject")]
    if not tables:
        return {}
    rows = _union(lake.read(table).select("source_id") for table in tables)
    return {row[0]: row[1] for row in rows.groupBy("source_id").count().collect()}
