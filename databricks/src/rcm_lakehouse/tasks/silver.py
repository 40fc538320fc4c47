"""Task silver: everything in the log that is not yet in silver, typed and versioned, noun by noun."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.bronze.log import log_table
from rcm_lakehouse.deliveries import Delivery, standing
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now
from rcm_lakehouse.silver.arrived import Arrived, arrived_deliveries, forget, record
from rcm_lakehouse.silver.noun import refine_noun
from rcm_lakehouse.silver.rejects import reject_counts


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
    forget(lake, arrived)
    tables = each(lambda noun: refine_noun(lake, metadata.nouns[noun], by_noun[noun]), by_noun)
    record(lake, arrived, arguments.token)
    report = TaskReport(
        "silver",
        started_at,
        tables=tuple(table for group in tables for table in group),
        sources=record_counts(lake, metadata, [delivery for one in arrived for delivery in one.deliveries]),
        lineage=tuple((log_table(one.source.source_id), f"silver.{one.source.noun}") for one in arrived),
    )
    report.write(lake.spark, arguments.report_uri, utc_now())


def record_counts(lake: Lake, metadata: Metadata, deliveries: Sequence[Delivery]) -> Mapping[str, Mapping[str, int]]:
    """Of each source's log: all rows, those that stand and were accepted, rejected, and no longer stand.

    The counts of deliveries are those of the log: bronze compared them when it loaded it.
    """
    rejected = reject_counts(lake, metadata)
    names = sorted({d.source_id for d in deliveries})
    return {name: _counts([d for d in deliveries if d.source_id == name], rejected.get(name, 0)) for name in names}


def _counts(deliveries: Sequence[Delivery], rejected: int) -> Mapping[str, int]:
    in_log = sum(d.bronze_count for d in deliveries)
    stands = sum(d.bronze_count for d in standing(deliveries))
    return {
        "bronze_log": in_log,
        "silver": stands - rejected,
        "rejected": rejected,
        "superseded": in_log - stands,
    }
