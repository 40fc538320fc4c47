"""What turns a stored set of rows into a wanted one."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.lake import CHANGE


def differences(stored: DataFrame, wanted: DataFrame, key: Sequence[str]) -> DataFrame:
    """Rows of `wanted` to insert or update and of `stored` to delete, told by `_change`; equal rows are left out.

    Both have the columns of `wanted`; `key` columns are never null.
    """
    columns = wanted.columns
    row = F.struct(*columns)
    there = stored.select(*columns).select(*key, row.alias("_stored"))
    pairs = wanted.select(*key, row.alias("_wanted")).join(there, list(key), "full")
    change = (
        F.when(F.col("_stored").isNull(), "insert")
        .when(F.col("_wanted").isNull(), "delete")
        .when(~F.col("_stored").eqNullSafe(F.col("_wanted")), "update")
    )
    told = pairs.withColumn(CHANGE, change).where(F.col(CHANGE).isNotNull())
    return told.select(CHANGE, F.coalesce("_wanted", "_stored").alias("_row")).select("_row.*", CHANGE)
