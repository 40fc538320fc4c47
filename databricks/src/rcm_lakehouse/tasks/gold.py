"""Task gold: the star, the KPIs and the close, brought up to what they are made of, and only when that has changed."""

import hashlib
import json
import sys
from datetime import date, datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.close.close_books import LEDGER, PERIODS, VARIANCE, close_books
from rcm_lakehouse.gold.bring_up import Star
from rcm_lakehouse.gold.build import dimension_tables, fact_tables
from rcm_lakehouse.gold.receivable import receivable_tables
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.kpis.table import write_kpis
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.report import TableReport, TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now

GOLD_RULES_VERSION = 3
"""Raised when the code that builds gold changes its meaning: every table is then built anew."""


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    lake = Lake(spark_session(), arguments.lake_root)
    now = utc_now()
    build(lake, arguments, read_metadata(metadata_path()), arguments.as_of_date or now.date(), now)


def build(lake: Lake, arguments: Arguments, metadata: Metadata, as_of: date, started_at: datetime) -> None:
    """Brings gold up to silver, reckons the KPIs as of `as_of`, and closes the books where an account ledger is fed."""
    star = Star(lake, Silver(lake, metadata), _rules(metadata))
    built = [
        one
        for tables in (dimension_tables(), fact_tables(), receivable_tables(lake, as_of))
        for one in zip(tables, star.bring_up(tables), strict=True)
    ]
    star.record()
    reckoned = write_kpis(lake, metadata, as_of, started_at)
    closed = close_books(lake, metadata, arguments.manifest_uri, as_of)
    done = [one for one in (*(written for _, written in built), *reckoned.written, *closed) if one]
    report = TaskReport(
        "gold",
        started_at,
        tables=tuple(TableReport(one, rows_in=one.inserted) for one in done),
        lineage=(
            *((name, f"gold.{table.name}") for table, written in built if written for name in table.made_of),
            *((name, one.table) for one in reckoned.written for name in reckoned.made_of),
            *((LEDGER, one.table) for one in closed if one.table in (PERIODS, VARIANCE)),
        ),
        facts={"as_of": as_of.isoformat()},
    )
    report.write(lake.spark, arguments.report_uri, utc_now())


def _rules(metadata: Metadata) -> str:
    """Names the code that builds the star and the columns it builds it from."""
    columns = [(noun.name, c.name, c.type, c.phi) for noun in metadata.nouns.values() for c in noun.columns]
    return f"{GOLD_RULES_VERSION}-{hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:16]}"
