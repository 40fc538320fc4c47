"""Task trace: what stands behind the published figures. After publish, so that no figure waits for it."""

import sys
from datetime import datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.kpis.table import KPI_TABLE
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.report import TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now
from rcm_lakehouse.trace.publish_trace import publish_trace


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    trace(Lake(spark_session(), arguments.lake_root), arguments, read_metadata(metadata_path()), utc_now())


def trace(lake: Lake, arguments: Arguments, metadata: Metadata, started_at: datetime) -> None:
    """Traces the figures that were published, where they are not those that were traced last."""
    is_fresh = publish_trace(lake, arguments, metadata)
    lineage = ((KPI_TABLE, f"published/{arguments.token}/trace.json"),) if is_fresh else ()
    TaskReport("trace", started_at, lineage=lineage).write(lake.spark, arguments.report_uri, utc_now())
