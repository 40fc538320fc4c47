"""A few values of the driver as rows. Through Arrow: a list would cost a Python worker wherever it is read."""

from collections.abc import Iterable, Sequence
from typing import cast

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType


def local_rows(spark: SparkSession, rows: Iterable[Sequence[object]], schema: str) -> DataFrame:
    """`rows` under a DDL schema; the plan holds them, so that Spark knows how few they are."""
    kinds = to_arrow_schema(cast("StructType", StructType.fromDDL(schema)))
    columns = list(zip(*rows, strict=True)) or [() for _ in kinds]
    table = pa.table([pa.array(column, kind.type) for column, kind in zip(columns, kinds, strict=True)], schema=kinds)
    return spark.createDataFrame(table, schema)
