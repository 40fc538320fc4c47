"""Task publish: gold and KPIs as Parquet and JSON, for readers without Spark; the pointer moves last."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.close.close_books import read_documents
from rcm_lakehouse.deliveries import DELIVERIES, recorded
from rcm_lakehouse.gold.build import codes_seen, gold_tables
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.kpis.table import KPI_TABLE, PATIENT_PAY_TABLE, kpi_choices
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.master.documents import PERSONS_FOLDER, REVIEW_DOCUMENT, has_persons, review, write_persons
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TaskReport, instant, write_text
from rcm_lakehouse.session import metadata_path, own_folder, spark_session, utc_now
from rcm_lakehouse.tasks.silver import record_counts

FROM_THE_LEDGER = ("ledger_line", "payable_entry", "receivable", "close_variance")
"""Tables that there are where an account ledger is fed."""

CODE_LISTS = ("npi", "icd_code", "cpt_code")
"""Dimensions whose codes seen in the data are published, for those who look codes up."""


OPTIONAL = ("bucket", "quality")
"""Of a KPI row what is left away where there is none."""


def main() -> None:
    """Entry point of the task."""
    arguments = Arguments.parse(sys.argv[1:])
    lake = Lake(spark_session(), arguments.lake_root)
    publish(lake, arguments, read_metadata(metadata_path()), utc_now())


def publish(lake: Lake, arguments: Arguments, metadata: Metadata, started_at: datetime) -> None:
    """Writes `published/<edition>/…` whole, then adds a pointer to it. Each attempt writes an edition of its own.

    Pointers are only ever added, each under its instant, and the newest counts: to overwrite one would be to take it
    away first, and a crash then would leave readers with nothing.
    """
    published = own_folder(arguments.token)
    edition = arguments.uri(f"published/{published}")
    names = [table.name for table in gold_tables()]
    names += [name for name in FROM_THE_LEDGER if lake.exists(f"gold.{name}")]
    exported = each(lambda name: _export(lake, f"gold.{name}", f"{edition}/{name}"), names)
    _export_slices(lake, f"{edition}/kpi_slices")
    reads: dict[str, Callable[[], object]] = {
        "kpis.json": lambda: _kpis(lake, metadata),
        "patient_pay.json": lambda: _patient_pay(lake),
        "tables.json": lambda: _tables(lake, metadata, _row_counts(dict(zip(names, exported, strict=True)))),
        "codes_seen.json": lambda: _codes_seen(Silver(lake, metadata)),
    }
    if has_persons(lake):
        write_persons(lake, f"{edition}/{PERSONS_FOLDER}")
        reads[REVIEW_DOCUMENT] = lambda: review(lake)
    periods = read_documents(lake)
    if periods:
        reads["close.json"] = lambda: {"periods": periods}
    each(lambda name: write_text(lake.spark, f"{edition}/{name}", [json.dumps(reads[name]())]), reads)
    at = utc_now()
    pointer = {"edition": published, "token": arguments.token, "published_at": instant(at)}
    write_text(lake.spark, arguments.uri(f"published/current/{at:%Y%m%dT%H%M%S%f}"), [json.dumps(pointer)])
    lineage = tuple((f"gold.{name}", f"published/{published}/{name}") for name in names)
    report = TaskReport("publish", started_at, lineage=lineage, warnings=_warnings(periods))
    report.write(lake.spark, arguments.report_uri, utc_now())


def _warnings(periods: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    unsound = sum("signed_by" in period and not period["ties_out"] for period in periods)
    return {"signed_period_not_tied_out": unsound} if unsound else {}


def _export(lake: Lake, table: str, uri: str) -> DataFrame:
    """Writes a table as one Parquet file; reads from that."""
    rows = lake.read(table)
    rows.coalesce(1).write.mode("overwrite").parquet(uri)
    return lake.spark.read.schema(rows.schema).parquet(uri)


def _export_slices(lake: Lake, uri: str) -> None:
    """KPI rows by slice as lines of JSON, a folder for each KPI: there are too many for one document."""
    rows = lake.read(KPI_TABLE).where("dimension IS NOT NULL")
    amounts = {name: F.col(name).cast("string") for name in ("value", "numerator", "denominator")}
    rows.withColumns(amounts).coalesce(1).write.mode("overwrite").partitionBy("kpi_id").json(uri)


def _row_counts(exported: Mapping[str, DataFrame]) -> Mapping[str, int]:
    counts = [rows.select(F.lit(name).alias("name")).groupBy("name").count() for name, rows in exported.items()]
    return dict.fromkeys(exported, 0) | {row[0]: row[1] for row in reduce(DataFrame.unionByName, counts).collect()}


def _kpis(lake: Lake, metadata: Metadata) -> Mapping[str, Any]:
    """The hospitals' own KPI rows (those of slices are in the table), and what refuses for want of which feeds."""
    refused = [
        {"kpi_id": one.kpi.kpi_id, "hospital": one.hospital, "missing_feeds": list(one.missing_feeds)}
        for one in kpi_choices(lake, metadata)
        if one.definition is None
    ]
    order = ("kpi_id", "hospital", "period", "bucket")
    rows = lake.read(KPI_TABLE).where("dimension IS NULL").orderBy(*order).drop("dimension", "member").collect()
    return {"kpis": [_plain(row.asDict()) for row in rows], "refused": refused}


def _patient_pay(lake: Lake) -> Mapping[str, Any]:
    """Why patients pay late or not at all; without rates where no account ledger is fed."""
    rows = lake.read(PATIENT_PAY_TABLE).collect() if lake.exists(PATIENT_PAY_TABLE) else []
    return {"rates": [_plain(row.asDict()) for row in rows]}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items() if not (name in OPTIONAL and value is None)}


def _text(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def _tables(lake: Lake, metadata: Metadata, gold: Mapping[str, int]) -> Mapping[str, Any]:
    """Row counts of the published tables, and per source where the records of its log are."""
    deliveries = recorded(lake.read(DELIVERIES))
    return {"tables": dict(gold), "sources": record_counts(lake, metadata, deliveries)}


def _codes_seen(silver: Silver) -> Mapping[str, list[str]]:
    lists = [codes_seen(silver, name).select(F.lit(name).alias("list"), "member_id") for name in CODE_LISTS]
    found: dict[str, list[str]] = {name: [] for name in CODE_LISTS}
    for row in reduce(DataFrame.unionByName, lists).orderBy("list", "member_id").collect():
        found[row[0]].append(row[1])
    return found
