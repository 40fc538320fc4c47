"""Task bronze: what the run's files hold goes into the append-only log of each source, once, whatever is repeated."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.bronze.log import Loaded, load_log, load_quarantine, log_table, write_id
from rcm_lakehouse.bronze.rows import delivery_row
from rcm_lakehouse.deliveries import DELIVERIES, DELIVERIES_SCHEMA, Delivery, recorded
from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.manifest import Ingestion, read_manifest
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TableReport, TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now


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
    known = recorded(lake.read(DELIVERIES)) if lake.exists(DELIVERIES) else []
    fresh = _not_recorded(manifest.ingestions, known)
    groups = [list(group) for _, group in groupby(fresh, key=lambda i: i.source_id)]
    loaded = each(lambda group: _load(lake, arguments, metadata, group, known), groups)
    quarantined = load_quarantine(lake, arguments, metadata, fresh)
    record = _record(lake, loaded, manifest.token, started_at)
    written = [one for one in (*(one.written for one in loaded), quarantined, record) if one]
    report = TaskReport(
        "bronze",
        started_at,
        tables=tuple(TableReport(one, rows_in=one.inserted) for one in written),
        lineage=_lineage(fresh),
    )
    report.write(lake.spark, arguments.report_uri, utc_now())


def _lineage(fresh: Iterable[Ingestion]) -> tuple[tuple[str, str], ...]:
    """By source: a run may take thousands of files, and the manifest names each."""
    landed = dict.fromkeys(i.source_id for i in fresh if i.bronze)
    return tuple((f"bronze/{source_id}", log_table(source_id)) for source_id in landed)


def _not_recorded(ingestions: Iterable[Ingestion], known: Iterable[Delivery]) -> list[Ingestion]:
    done = {(d.file_version_id, d.generation) for d in known}
    fresh = (i for i in ingestions if (i.file_version_id, i.generation) not in done)
    return sorted(fresh, key=lambda i: (i.source_id, i.file_version_id, i.generation))


def _load(
    lake: Lake, arguments: Arguments, metadata: Metadata, group: Sequence[Ingestion], known: Iterable[Delivery]
) -> Loaded:
    source = metadata.source(group[0].source_id)
    versions = [d.log_version for d in known if d.source_id == source.source_id and d.log_version is not None]
    return load_log(lake, arguments, source, group, max(versions, default=None))


def _record(lake: Lake, loaded: Sequence[Loaded], token: str, at: datetime) -> Written | None:
    rows = [delivery_row(i, one.log_version, token, at) for one in loaded for i in one.ingestions]
    if not rows:
        return None
    name = write_id([i for one in loaded for i in one.ingestions])
    return lake.append(DELIVERIES, local_rows(lake.spark, rows, DELIVERIES_SCHEMA).coalesce(1), write_id=name)
