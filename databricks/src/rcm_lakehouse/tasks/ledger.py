"""Task ledger: entries of what changed in silver. Without sources that feed it, it ends at once."""

import sys
from datetime import datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.ledger.enter import enter
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.report import TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    post(Lake(spark_session(), arguments.lake_root), arguments, read_metadata(metadata_path()), utc_now())


def post(lake: Lake, arguments: Arguments, metadata: Metadata, started_at: datetime) -> None:
    """Brings the account ledger and the payables up to silver."""
    tables, lineage = enter(lake, metadata)
    report = TaskReport("ledger", started_at, tables=tuple(tables), lineage=tuple(lineage))
    report.write(lake.spark, arguments.report_uri, utc_now())
