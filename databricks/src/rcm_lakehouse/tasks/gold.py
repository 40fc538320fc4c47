"""Task gold: the star and the KPIs, each table anew when what it is made of has changed, and only then."""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.gold.build import GoldTable, column_comments, gold_tables
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

GOLD_RULES_VERSION = 1
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
    tables = gold_tables()
    nouns = sorted({noun for table in tables for noun in table.nouns})
    versions = dict(zip(nouns, each(lambda noun: lake.version(f"silver.{noun}"), nouns), strict=True))
    written = each(lambda table: _build_table(lake, silver, table, versions), tables)
    reckoned = _reckon(lake, as_of)
    done = [one for one in (*written, reckoned) if one]
    report = TaskReport(
        "gold",
        started_at,
        tables=tuple(TableReport(one, rows_in=one.inserted) for one in done),
        lineage=tuple(
            (f"silver.{noun}", f"gold.{table.name}")
            for table, one in zip(tables, written, strict=True)
            if one
            for noun in table.nouns
        ),
        facts={"as_of": as_of.isoformat()},
    )
    report.write(lake.spark, arguments.report_uri, utc_now())


def _build_table(lake: Lake, silver: Silver, table: GoldTable, versions: dict[str, int | None]) -> Written | None:
    name = f"gold.{table.name}"
    made_of = {noun: versions[noun] for noun in table.nouns}
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
