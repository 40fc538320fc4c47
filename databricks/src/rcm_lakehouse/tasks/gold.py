"""Task gold: the star, the KPIs and the close, each table anew when what it is made of has changed, and only then."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.close.close_books import LEDGER, PERIODS, VARIANCE, close_books
from rcm_lakehouse.gold.build import GoldTable, column_comments, dimension_tables, fact_tables
from rcm_lakehouse.gold.receivable import receivable_tables
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.kpis.table import write_kpis
from rcm_lakehouse.lake import Lake, Written, described
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TableReport, TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now

GOLD_RULES_VERSION = 2
"""Raised when the code that builds gold changes its meaning: every table is then built anew."""


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    lake = Lake(spark_session(), arguments.lake_root)
    now = utc_now()
    build(lake, arguments, read_metadata(metadata_path()), arguments.as_of_date or now.date(), now)


def build(lake: Lake, arguments: Arguments, metadata: Metadata, as_of: date, started_at: datetime) -> None:
    """Brings gold up to silver, reckons the KPIs as of `as_of`, and closes the books where an account ledger is fed."""
    silver = Silver(lake, metadata)
    versions: dict[str, int | None] = {}
    built = [
        one
        for tables in (dimension_tables(), fact_tables(), receivable_tables(lake, as_of))
        for one in zip(tables, _build_tables(lake, silver, tables, versions), strict=True)
    ]
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


def _build_tables(
    lake: Lake, silver: Silver, tables: Sequence[GoldTable], versions: dict[str, int | None]
) -> list[Written | None]:
    """What was written of each table, None where nothing it is made of has changed. Completes `versions`."""
    names = sorted({name for table in tables for name in table.made_of} - set(versions))
    versions.update(zip(names, each(lake.version, names), strict=True))
    written = each(lambda table: _build_table(lake, silver, table, versions), tables)
    versions.update(
        (f"gold.{table.name}", one.version_after) for table, one in zip(tables, written, strict=True) if one
    )
    return written


def _build_table(lake: Lake, silver: Silver, table: GoldTable, versions: Mapping[str, int | None]) -> Written | None:
    name = f"gold.{table.name}"
    made_of = {source: versions[source] for source in table.made_of}
    told = {"rules": GOLD_RULES_VERSION, "made_of": made_of, "as_of": table.as_of and table.as_of.isoformat()}
    note = json.dumps(told, sort_keys=True)
    if _note(lake, name) == note:
        return None
    return lake.replace(name, described(table.build(silver), column_comments(silver, table.name)), note)


def _note(lake: Lake, table: str) -> str | None:
    return lake.history(table)[0]["userMetadata"] if lake.exists(table) else None
