"""Task gold: the star and the KPIs, each table anew when what it is made of has changed, and only then."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.gold.build import GoldTable, column_comments, dimension_tables, fact_tables
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.kpis.definitions import read_kpis
from rcm_lakehouse.kpis.measure import missing_feeds, sums
from rcm_lakehouse.kpis.values import KpiRow, kpi_rows
from rcm_lakehouse.lake import Lake, Written, described
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TableReport, TaskReport
from rcm_lakehouse.session import metadata_path, spark_session, utc_now

KPI_TABLE = "gold.kpi"
KPI_SCHEMA = (
    "kpi_id string, version int, hospital string, period string, bucket string, as_of date, value decimal(38,6), "
    "numerator decimal(38,6), denominator decimal(38,6), left_out map<string, bigint>, unit string"
)

GOLD_RULES_VERSION = 2
"""Raised when the code that builds gold changes its meaning: every table is then built anew."""


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    lake = Lake(spark_session(), arguments.lake_root)
    now = utc_now()
    build(lake, arguments, read_metadata(metadata_path()), arguments.as_of_date or now.date(), now)


def build(lake: Lake, arguments: Arguments, metadata: Metadata, as_of: date, started_at: datetime) -> None:
    """Brings gold up to silver and reckons the KPIs as of `as_of`."""
    silver = Silver(lake, metadata)
    versions: dict[str, int | None] = {}
    built = [
        one
        for tables in (dimension_tables(), fact_tables())
        for one in zip(tables, _build_tables(lake, silver, tables, versions), strict=True)
    ]
    reckoned = _reckon(lake, as_of)
    done = [one for one in (*(written for _, written in built), reckoned) if one]
    report = TaskReport(
        "gold",
        started_at,
        tables=tuple(TableReport(one, rows_in=one.inserted) for one in done),
        lineage=tuple((name, f"gold.{table.name}") for table, written in built if written for name in table.made_of),
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
    note = json.dumps({"rules": GOLD_RULES_VERSION, "made_of": made_of}, sort_keys=True)
    if _note(lake, name) == note:
        return None
    return lake.replace(name, described(table.build(silver), column_comments(silver, table.name)), note)


def _note(lake: Lake, table: str) -> str | None:
    return lake.history(table)[0]["userMetadata"] if lake.exists(table) else None


def _reckon(lake: Lake, as_of: date) -> Written | None:
    kpis = read_kpis(metadata_path())
    ready = [kpi for kpi in kpis if not missing_feeds(lake, kpi)]
    tables = sorted({side.of for kpi in ready for side in (kpi.numerator, kpi.denominator)})
    versions = dict(zip(tables, each(lambda table: lake.version(f"gold.{table}"), tables), strict=True))
    made_of = {"as_of": as_of.isoformat(), "definitions": [kpi.definition_id for kpi in ready], "made_of": versions}
    note = json.dumps(made_of, sort_keys=True)
    if _note(lake, KPI_TABLE) == note:
        return None
    rows = kpi_rows(ready, sums(lake, ready, as_of), as_of)
    return lake.replace(KPI_TABLE, local_rows(lake.spark, [_cells(row) for row in rows], KPI_SCHEMA).coalesce(1), note)


def _cells(row: KpiRow) -> tuple[object, ...]:
    told = asdict(row)
    return tuple(list(told[name].items()) if name == "left_out" else told[name] for name in told)
