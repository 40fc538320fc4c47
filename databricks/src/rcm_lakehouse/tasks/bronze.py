"""Task bronze: what the run's files hold goes into the append-only log of each source, once, whatever is repeated."""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import groupby

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.errors import ControlTotalError
from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.manifest import Ingestion, read_manifest
from rcm_lakehouse.metadata import Metadata, Source, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TableReport, TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now
from rcm_lakehouse.transforms.log import deliveries, log_rows, quarantine_rows

DELIVERIES = "bronze.delivery"
QUARANTINE = "bronze.quarantine"

type Counts = Mapping[tuple[str, int], int]
"""Rows by (file version, generation)."""


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    spark = spark_session()
    load(Lake(spark, arguments.lake_root), arguments, read_metadata(metadata_path()), utc_now())


def load(lake: Lake, arguments: Arguments, metadata: Metadata, started_at: datetime) -> None:
    """Loads the manifest's files. The delivery rows are written last: what has none is not in the log, for any reader.

    ControlTotalError, before any delivery row is written, when a log does not hold what the ingestion committed.
    """
    manifest = read_manifest(lake.spark, arguments.manifest_uri)
    fresh = _not_recorded(lake, manifest.ingestions)
    by_source = {name: list(group) for name, group in groupby(sorted(fresh, key=_source_id), key=_source_id)}
    written = each(lambda name: _load_log(lake, arguments, metadata.source(name), by_source[name]), by_source)
    quarantined = _load_quarantine(lake, arguments, metadata, by_source)
    recorded = _record(lake, fresh, manifest.token)
    tables = [done for done in (*written, quarantined, recorded) if done]
    report = TaskReport(
        "bronze",
        started_at,
        tables=tuple(TableReport(done, rows_in=done.inserted) for done in tables),
        lineage=tuple((i.bronze, f"bronze.{i.source_id}") for i in fresh if i.bronze),
    )
    report.write(lake.spark, arguments.report_uri, utc_now())


def _source_id(ingestion: Ingestion) -> str:
    return ingestion.source_id


def _not_recorded(lake: Lake, ingestions: Sequence[Ingestion]) -> list[Ingestion]:
    if not lake.exists(DELIVERIES):
        return list(ingestions)
    wanted = sorted({i.file_version_id for i in ingestions})
    rows = lake.read(DELIVERIES).where(F.col("file_version_id").isin(wanted))
    recorded = {(row[0], row[1]) for row in rows.select("file_version_id", "generation").collect()}
    return [i for i in ingestions if (i.file_version_id, i.generation) not in recorded]


def _load_log(lake: Lake, arguments: Arguments, source: Source, ingestions: Sequence[Ingestion]) -> Written | None:
    """Appends what the log does not hold yet; ControlTotalError when it then holds another count than was committed."""
    table = f"bronze.{source.source_id}"
    there = _row_counts(lake, table, ingestions)
    missing = [i for i in ingestions if i.bronze and (i.file_version_id, i.generation) not in there]
    uris = [arguments.uri(i.bronze) for i in missing if i.bronze]
    expected = sum(i.bronze_count for i in ingestions if i.bronze)
    written = None
    if uris:
        known = _known(deliveries(lake.spark, missing, arguments.token))
        written = lake.append(table, log_rows(lake.spark, uris, source, known), write_id=_write_id(missing))
    found = sum(there.values()) + (written.inserted if written else 0)
    if found != expected:
        raise ControlTotalError(f"{table}: {found} rows in the log, {expected} were committed")
    return written


def _row_counts(lake: Lake, table: str, ingestions: Sequence[Ingestion]) -> Counts:
    """What a log already holds of the ingestions: a driver that died may have left rows without a delivery row."""
    if not lake.exists(table):
        return {}
    rows = lake.read(table).where(F.col("_file_version_id").isin([i.file_version_id for i in ingestions]))
    counted = rows.groupBy("_file_version_id", "_generation").count().collect()
    wanted = {(i.file_version_id, i.generation) for i in ingestions}
    return {(row[0], row[1]): row[2] for row in counted if (row[0], row[1]) in wanted}


def _load_quarantine(
    lake: Lake, arguments: Arguments, metadata: Metadata, by_source: Mapping[str, Sequence[Ingestion]]
) -> Written | None:
    held = [i for ingestions in by_source.values() for i in ingestions if i.quarantine]
    if lake.exists(QUARANTINE):
        there = lake.read(QUARANTINE).where(F.col("_file_version_id").isin([i.file_version_id for i in held]))
        present = {tuple(row) for row in there.select("_file_version_id", "_generation").distinct().collect()}
        held = [i for i in held if (i.file_version_id, i.generation) not in present]
    if not held:
        return None
    parts = [
        quarantine_rows(
            lake.spark,
            [arguments.uri(i.quarantine) for i in group if i.quarantine],
            metadata.source(name),
            arguments.token,
        )
        for name, group in groupby(held, key=_source_id)
    ]
    return lake.append(QUARANTINE, reduce(DataFrame.unionByName, parts), write_id=_write_id(held))


def _record(lake: Lake, ingestions: Sequence[Ingestion], token: str) -> Written | None:
    if not ingestions:
        return None
    rows = deliveries(lake.spark, ingestions, token).coalesce(1)
    return lake.append(DELIVERIES, rows, write_id=_write_id(ingestions))


def _known(rows: DataFrame) -> DataFrame:
    return rows.select(
        F.col("file_version_id").alias("_file_version_id"),
        F.col("generation").alias("_generation"),
        F.col("as_of").alias("_as_of"),
        F.col("delivered_at").alias("_delivered_at"),
        F.col("token").alias("_token"),
    )


def _write_id(ingestions: Sequence[Ingestion]) -> str:
    """Names a write by what it brings, so that two drivers doing it at once still do it once."""
    names = sorted(f"{i.file_version_id}-{i.generation}" for i in ingestions)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
