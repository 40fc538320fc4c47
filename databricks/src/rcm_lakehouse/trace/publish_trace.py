"""What stands behind the published figures, as Parquet for readers without Spark; a document says when it is whole."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.kpis.definitions import read_kpis
from rcm_lakehouse.kpis.reckon import asked_span
from rcm_lakehouse.kpis.relations.known import LEDGER_TABLE, Known
from rcm_lakehouse.kpis.relations.span import Span
from rcm_lakehouse.kpis.table import KPI_TABLE, kpi_choices
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import write_text
from rcm_lakehouse.session import metadata_path, own_folder
from rcm_lakehouse.trace.catalogue import Catalogue, catalogue_document, catalogue_of
from rcm_lakehouse.trace.columns import column_lineage, columns_document
from rcm_lakehouse.trace.contributions import contributions
from rcm_lakehouse.trace.entries import entries
from rcm_lakehouse.trace.impact import file_impact

TRACE_RULES_VERSION = 1
"""Raised when what is written for readers changes its meaning."""

DOCUMENT, COLUMNS = "trace.json", "columns.json"

ROW_GROUP_BYTES = 4 * 1024 * 1024
"""Of the larger columns together: a reader that asks for a page takes in one such group of rows."""

ENTRIES_A_FILE = 50_000
VERSIONS_A_FILE = 50
IMPACT_ORDER = {
    "impact_file": ("file_version_id",),
    "impact": ("file_version_id", "dimension", "hospital", "kpi_id", "period", "bucket", "member"),
}
"""Of figures those of whole hospitals come first."""

FIGURE = (
    *("hospital", "period", "kpi_id", "bucket", "dimension", "member"),
    *("basis", "numerator", "denominator", "multiplier", "value", "unit"),
)


def publish_trace(lake: Lake, arguments: Arguments, metadata: Metadata) -> bool:
    """Writes `published/trace/<trace id>/…` once for all editions with the same figures, then `<token>/trace.json`.

    Whether anything had to be traced. A reader without the document knows that the trace is not whole yet. An attempt
    has a trace id of its own, which stands in the document alone.
    """
    written = lake.newest_write(KPI_TABLE)
    figures = _figures_id(written)
    known = arguments.uri(f"published/trace/{figures}/{DOCUMENT}")
    document = _document(lake, known)
    is_fresh = not document
    if is_fresh:
        as_of = date.fromisoformat(json.loads(written["userMetadata"])["as_of"])
        trace_id = own_folder(figures)
        traced = _trace(lake, metadata, as_of, arguments.uri(f"published/trace/{trace_id}"))
        document = [json.dumps({"trace_id": trace_id, "as_of": as_of.isoformat(), **traced})]
        write_text(lake.spark, known, document)
    columns = columns_document(column_lineage(metadata, read_kpis(metadata_path())))
    told = {DOCUMENT: document, COLUMNS: [json.dumps(columns)]}
    each(lambda name: write_text(lake.spark, arguments.uri(f"published/{arguments.token}/{name}"), told[name]), told)
    return is_fresh


def _figures_id(written: Mapping[str, Any]) -> str:
    """Names the figures by the commit that wrote them; its note says what they are made of."""
    facts = f"{TRACE_RULES_VERSION}|{written['version']}|{written['userMetadata']}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def _document(lake: Lake, uri: str) -> list[str]:
    """The lines of the document that is written when a trace is whole; none before."""
    try:
        return [row["value"] for row in lake.spark.read.text(uri).collect()]
    except AnalysisException:
        return []


def _trace(lake: Lake, metadata: Metadata, as_of: date, folder: str) -> Mapping[str, Any]:
    known = Known(lake, metadata, None, is_traced=True)
    chosen = kpi_choices(lake, metadata)
    catalogue = catalogue_of(chosen)
    span, _ = asked_span(known, chosen, as_of)
    parts = {name: contributions(known, span, sums, catalogue.columns) for name, sums in catalogue.by_relation.items()}
    each(lambda name: _by_place(parts[name], f"{folder}/{name}", "account_id", "row"), parts)
    _by_place(lake.read(KPI_TABLE).select(*FIGURE), f"{folder}/figure", *FIGURE[2:6])
    entry_files = _entries(lake, known, catalogue, folder)
    impact_files = _impact(lake, metadata, known, catalogue, span, folder)
    return {"entry_files": entry_files, "impact_files": impact_files, **catalogue_document(catalogue)}


def _by_place(rows: DataFrame, uri: str, *order: str) -> None:
    """A file for each hospital and period: who asks for a figure opens that one."""
    placed = rows.repartition("hospital", "period").sortWithinPartitions("hospital", "period", *order)
    _write(placed, uri, "hospital", "period")


def _entries(lake: Lake, known: Known, catalogue: Catalogue, folder: str) -> int:
    """In so many files of each hospital, an account's all in one; none where no ledger stands behind a figure."""
    if not catalogue.reads_ledger:
        return 0
    files = max(1, round(int(lake.read(LEDGER_TABLE).count()) / ENTRIES_A_FILE))
    rows = entries(known).withColumn("part", F.crc32("account_id") % files)
    placed = rows.repartition("hospital", "part").sortWithinPartitions("hospital", "part", "account_id")
    _write(placed, f"{folder}/entry", "hospital", "part")
    return files


def _impact(lake: Lake, metadata: Metadata, known: Known, catalogue: Catalogue, span: Span, folder: str) -> int:
    """In so many files, what is told of a file version all in one; none where no ledger stands behind a figure."""
    if not catalogue.reads_ledger:
        return 0
    told = file_impact(lake, metadata, known, read_kpis(metadata_path()), catalogue, span)
    files = max(1, round(told.file_count / VERSIONS_A_FILE))
    for name, rows in (("impact_file", told.files), ("impact", told.figures)):
        if rows is not None:
            placed = rows.withColumn("part", F.crc32("file_version_id") % files).repartition("part")
            _write(placed.sortWithinPartitions("part", *IMPACT_ORDER[name]), f"{folder}/{name}", "part")
    return files


def _write(rows: DataFrame, uri: str, *folders: str) -> None:
    writer = rows.write.mode("overwrite").partitionBy(*folders).option("parquet.block.size", ROW_GROUP_BYTES)
    writer.parquet(uri)
