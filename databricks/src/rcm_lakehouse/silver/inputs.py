"""What silver reads: the log of a source with the columns its metadata names now, and its quarantined records."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.bronze.log import QUARANTINE, log_table
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Source

POSITIONS = "_row_number bigint, _file_version_id string, _generation int"


def log(lake: Lake, source: Source) -> DataFrame:
    """The log's records under their own column names; one that metadata gained since the last delivery is NULL."""
    table = log_table(source.source_id)
    if not lake.exists(table):
        return local_rows(lake.spark, [], ", ".join((POSITIONS, *(f"`{name}` string" for name in source.columns))))
    rows = lake.read(table)
    known = set(rows.columns)
    cells = [
        (F.col(f"`{name}`") if name in known else F.lit(None).cast("string")).alias(column)
        for column, name in source.log_names.items()
    ]
    return rows.select("_row_number", "_file_version_id", "_generation", *cells)


def quarantine(lake: Lake, source: Source) -> DataFrame:
    """Where the source's quarantined records are, with the cells that name member and period."""
    if not lake.exists(QUARANTINE):
        return no_quarantine(lake)
    return lake.read(QUARANTINE).where(F.col("_source_id") == source.source_id)


def no_quarantine(lake: Lake) -> DataFrame:
    """No quarantined records, in the shape of some."""
    return local_rows(lake.spark, [], f"{POSITIONS}, cells map<string, string>")
