"""Staged files into rows of the bronze log and of the quarantine. Nothing is decided: a record stays as delivered."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType, MapType, StructType

from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.manifest import Ingestion
from rcm_lakehouse.metadata import Source
from rcm_lakehouse.transforms.mapping import record_hash

REASONS = "array<struct<tier: string, rule: string, field: string, schema_pointer: string>>"
DELIVERY_COLUMNS = "_file_version_id string, _generation int, _as_of date, _delivered_at timestamp, _token string"
FILE_PATH = "_metadata.file_path"
"""`…/<file version>/<generation>/<attempt>.parquet`: the path of a staged file names its delivery."""


def delivery_row(i: Ingestion, log_version: int | None, token: str, taken_in_at: datetime) -> tuple[object, ...]:
    """One row of the delivery table (DELIVERIES_SCHEMA)."""
    return (
        *(i.source_id, i.file_version_id, i.generation, i.outcome, i.as_of, i.period),
        *(i.arrived_at, i.known_at or taken_in_at, i.delivered_at),
        *(i.content_hash, i.records_in, i.bronze_count, i.quarantined_count, log_version, token),
    )


def log_rows(
    spark: SparkSession, source: Source, uris: Sequence[str], of: Sequence[Ingestion], token: str
) -> DataFrame:
    """The records in the bronze files `uris` of one source, every column as text, with position, hash and delivery.

    Columns have their names in the log; one that a file lacks is NULL. `of` are the ingestions that left the files.
    """
    known = [(i.file_version_id, i.generation, i.as_of, i.delivered_at, token) for i in of]
    if source.is_text:
        schema = ", ".join(("_row_number bigint", *(f"`{column}` string" for column in source.columns)))
        files = _placed(spark.read.schema(schema).parquet(*uris))
    else:
        files = reduce(DataFrame.unionByName, (_as_text(spark.read.parquet(uri), source) for uri in uris))
    return files.join(
        F.broadcast(local_rows(spark, known, DELIVERY_COLUMNS)), ["_file_version_id", "_generation"]
    ).select(
        "_row_number",
        "_file_version_id",
        "_generation",
        record_hash(source).alias("_record_hash"),
        "_as_of",
        "_delivered_at",
        "_token",
        *(F.col(f"`{column}`").alias(name) for column, name in source.log_names.items()),
    )


def quarantine_rows(spark: SparkSession, uris: Sequence[str], source: Source, token: str) -> DataFrame:
    """Where quarantined records of one source are and why, with the cells of member and period. No other cell."""
    named = source.naming_columns
    cells = ", ".join(f"`{column}` string" for column in named)
    files = _placed(spark.read.schema(f"_row_number bigint, _reasons {REASONS}, {cells}").parquet(*uris))
    pairs = [part for column in named for part in (F.lit(column), F.col(f"`{column}`"))]
    return files.select(
        F.lit(source.source_id).alias("_source_id"),
        "_file_version_id",
        "_generation",
        "_row_number",
        F.transform("_reasons", lambda reason: reason["rule"]).alias("rules"),
        F.create_map(*pairs).alias("cells"),
        F.lit(token).alias("_token"),
    )


def _placed(files: DataFrame) -> DataFrame:
    return files.select(
        _folder(2).alias("_file_version_id"),
        _folder(1).cast("int").alias("_generation"),
        *(F.col(f"`{column}`") for column in files.columns),
    )


def _folder(above: int) -> Column:
    """The name of the folder so many steps above the file; told row by row, so by no regular expression."""
    return F.substring_index(F.substring_index(FILE_PATH, "/", -1 - above), "/", 1)


def _as_text(file: DataFrame, source: Source) -> DataFrame:
    """A file that keeps types, each declared column as text; a nested value as JSON."""
    kinds = {field.name: field.dataType for field in file.schema.fields}
    columns = [_text_column(name, kinds.get(name)).alias(name) for name in source.columns]
    return _placed(file).select("_file_version_id", "_generation", F.col("_row_number").cast("bigint"), *columns)


def _text_column(name: str, kind: DataType | None) -> Column:
    if kind is None:
        return F.lit(None).cast("string")
    column = F.col(f"`{name}`")
    return F.to_json(column) if isinstance(kind, ArrayType | MapType | StructType) else column.cast("string")
