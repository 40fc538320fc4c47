"""What turns a stored set of rows into a wanted one."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.lake import CHANGE


def differences(stored: DataFrame, wanted: DataFrame, key: Sequence[str]) -> DataFrame:
    """Rows of `wanted` to insert or update and of `stored` to delete, told by `_change`; equal rows are left out.

    A column that `stored` lacks is NULL in it; `key` columns are never null.
    """
    row = F.struct(*wanted.columns)
    there = _completed(stored, wanted).select(*key, row.alias("_stored"))
    pairs = wanted.select(*key, row.alias("_wanted")).join(there, list(key), "full")
    change = (
        F.when(F.col("_stored").isNull(), "insert")
        .when(F.col("_wanted").isNull(), "delete")
        .when(~F.col("_stored").eqNullSafe(F.col("_wanted")), "update")
    )
    told = pairs.withColumn(CHANGE, change).where(F.col(CHANGE).isNotNull())
    return told.select(CHANGE, F.coalesce("_wanted", "_stored").alias("_row")).select("_row.*", CHANGE)


def _completed(rows: DataFrame, shape: DataFrame) -> DataFrame:
    known = set(rows.columns)
    missing = {f.name: F.lit(None).cast(f.dataType) for f in shape.schema.fields if f.name not in known}
    return rows.withColumns(missing).select(*shape.columns) if missing else rows.select(*shape.columns)
