"""Task master: who is who across hospitals. What is made of tables that did not change costs nothing."""

import sys
from collections.abc import Sequence
from datetime import datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.master.bring_up import bring_up
from rcm_lakehouse.master.crosswalks import Crosswalk, read_crosswalks
from rcm_lakehouse.master.rules import MatchRules, read_rules
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.report import TableReport, TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    lake, folder = Lake(spark_session(), arguments.lake_root), metadata_path()
    resolve(lake, arguments, read_metadata(folder), read_rules(folder), read_crosswalks(folder), utc_now())


def resolve(
    lake: Lake,
    arguments: Arguments,
    metadata: Metadata,
    rules: MatchRules,
    crosswalks: Sequence[Crosswalk],
    started_at: datetime,
) -> None:
    """Brings persons, providers and codes up to silver."""
    done = bring_up(lake, metadata, rules, crosswalks)
    report = TaskReport(
        "master",
        started_at,
        tables=tuple(TableReport(one, rows_in=one.inserted) for one, _ in done.written),
        lineage=tuple((source, one.table) for one, made_of in done.written for source in made_of),
        warnings=done.warnings,
    )
    report.write(lake.spark, arguments.report_uri, utc_now())
