"""Staged files into rows of the bronze log and of the quarantine. Nothing is decided here: a record stays as delivered."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, MapType, StructType

from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.manifest import Ingestion
from rcm_lakehouse.metadata import Source

DELIVERIES_SCHEMA = (
    "source_id string, file_version_id string, generation int, outcome string, as_of date, period string, "
    "arrived_at timestamp, delivered_at timestamp, content_hash string, records_in bigint, bronze_count bigint, "
    "quarantined_count bigint, token string"
)
REASONS = "array<struct<tier: string, rule: string, field: string, schema_pointer: string>>"
FILE_PATH = "_metadata.file_path"
STAGED_FILE = r"/([0-9a-f]{64})/([0-9]+)/[^/]+$"
"""`…/<file version>/<generation>/<attempt>.parquet`: the path of a staged file names its delivery."""


def deliveries(spark: SparkSession, ingestions: Sequence[Ingestion], token: str) -> DataFrame:
    """One row per ingestion, with what the manifest says of it."""
    rows = [
        (
            *(i.source_id, i.file_version_id, i.generation, i.outcome, i.as_of, i.period, i.arrived_at, i.delivered_at),
            *(i.content_hash, i.records_in, i.bronze_count, i.quarantined_count, token),
        )
        for i in ingestions
    ]
    return local_rows(spark, rows, DELIVERIES_SCHEMA)


def log_rows(spark: SparkSession, uris: Sequence[str], source: Source, known: DataFrame) -> DataFrame:
    """The records in the bronze files `uris` of one source, every column as text, with position, hash and delivery.

    Columns have their names in the log. One that a file lacks is NULL. `known` are the deliveries (`deliveries`) the files belong to.
    """
    if source.is_text:
        schema = ", ".join(("_row_number bigint", *(f"`{column}` string" for column in source.columns)))
        files = _placed(spark.read.schema(schema).parquet(*uris))
    else:
        files = reduce(DataFrame.unionByName, (_as_text(spark.read.parquet(uri), source) for uri in uris))
    columns = [F.col(f"`{column}`") for column in source.columns]
    of_delivery = known.select("_file_version_id", "_generation", "_as_of", "_delivered_at", "_token")
    return files.join(F.broadcast(of_delivery), ["_file_version_id", "_generation"]).select(
        "_row_number",
        "_file_version_id",
        "_generation",
        F.sha2(F.to_json(F.struct(*columns)), 256).alias("_record_hash"),
        "_as_of",
        "_delivered_at",
        "_token",
        *(F.col(f"`{column}`").alias(name) for column, name in source.log_names.items()),
    )


def quarantine_rows(spark: SparkSession, uris: Sequence[str], source: Source, token: str) -> DataFrame:
    """Where quarantined records of one source are and why, with the cells that name member and period. No other cell."""
    named = sorted({*source.keys, *([source.period_column] if source.period_column else [])})
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
        F.regexp_extract(F.col(FILE_PATH), STAGED_FILE, 1).alias("_file_version_id"),
        F.regexp_extract(F.col(FILE_PATH), STAGED_FILE, 2).cast("int").alias("_generation"),
        *(F.col(f"`{column}`") for column in files.columns),
    )


def _as_text(file: DataFrame, source: Source) -> DataFrame:
    """A file that keeps types, each declared column as text; a nested value as JSON."""
    placed = _placed(file)
    kinds = {field.name: field.dataType for field in file.schema.fields}
    columns = [_text_column(name, kinds.get(name)).alias(name) for name in source.columns]
    return placed.select("_file_version_id", "_generation", F.col("_row_number").cast("bigint"), *columns)


def _text_column(name: str, kind: object) -> Column:
    if kind is None:
        return F.lit(None).cast("string")
    column = F.col(f"`{name}`")
    return F.to_json(column) if isinstance(kind, ArrayType | MapType | StructType) else column.cast("string")
