"""What silver reads: the log of a source with the columns its metadata names now, and its quarantined records."""

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.bronze.log import QUARANTINE, log_table
from rcm_lakehouse.deliveries import Delivery
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Source

POSITIONS = "_row_number bigint, _file_version_id string, _generation int, _file_period string"


def log(lake: Lake, source: Source, deliveries: Iterable[Delivery]) -> DataFrame:
    """The log's records under their own column names, with `_file_period`, the period that a file's path names.

    A column that metadata gained since the last delivery is NULL.
    """
    table = log_table(source.source_id)
    if not lake.exists(table):
        return local_rows(lake.spark, [], ", ".join((POSITIONS, *(f"`{name}` string" for name in source.columns))))
    rows = lake.read(table)
    return rows.select(
        "_row_number", "_file_version_id", "_generation", _file_period(deliveries), *delivered_cells(rows, source)
    )


def delivered_cells(rows: DataFrame, source: Source) -> list[Column]:
    """The cells of rows of a source's log under their own column names; NULL for a column that the log lacks."""
    known = set(rows.columns)
    return [
        (F.col(f"`{name}`") if name in known else F.lit(None).cast("string")).alias(column)
        for column, name in source.log_names.items()
    ]


def quarantine(lake: Lake, source: Source, deliveries: Iterable[Delivery]) -> DataFrame:
    """Where the source's quarantined records are, with the cells that name member and period."""
    if not lake.exists(QUARANTINE):
        return no_quarantine(lake)
    rows = lake.read(QUARANTINE).where(F.col("_source_id") == source.source_id)
    return rows.select("_row_number", "_file_version_id", "_generation", _file_period(deliveries), "cells")


def no_quarantine(lake: Lake) -> DataFrame:
    """No quarantined records, in the shape of some."""
    return local_rows(lake.spark, [], f"{POSITIONS}, cells map<string, string>")


def _file_period(deliveries: Iterable[Delivery]) -> Column:
    periods = {d.file_version_id: d.period for d in deliveries if d.period}
    if not periods:
        return F.lit(None).cast("string").alias("_file_period")
    named = F.create_map(*(F.lit(part) for pair in sorted(periods.items()) for part in pair))
    return F.try_element_at(named, F.col("_file_version_id")).alias("_file_period")
