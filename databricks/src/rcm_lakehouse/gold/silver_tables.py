"""Silver as gold reads it: a table by noun, with its columns even while no source has filled it.

Of a noun with history `latest` these are the rows that hold now; of one with `scd2` all versions by effective time."""

from pyspark.sql import DataFrame

from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Noun
from rcm_lakehouse.transforms.spans import SPAN

SQL_TYPES = {
    "id": "string",
    "code": "string",
    "text": "string",
    "date": "date",
    "instant": "timestamp",
    "money": "decimal(18,2)",
    "integer": "bigint",
    "boolean": "boolean",
}


class Silver:
    """Silver of each noun, read once: all that one task builds stands on the same versions."""

    def __init__(self, lake: Lake, metadata: Metadata) -> None:
        self.lake = lake
        self._metadata = metadata
        self._rows: dict[str, DataFrame] = {}

    def noun(self, name: str) -> Noun:
        return self._metadata.nouns[name]

    def rows(self, name: str) -> DataFrame:
        if name not in self._rows:
            self._rows[name] = self._read(name)
        return self._rows[name]

    def _read(self, name: str) -> DataFrame:
        rows = silver_rows(self.lake, self.noun(name))
        return rows.where("is_current") if self.noun(name).history == "latest" else rows


def silver_rows(lake: Lake, noun: Noun) -> DataFrame:
    """All rows of a noun's silver table, what no longer holds included, with all columns that metadata names."""
    table = f"silver.{noun.name}"
    nothing = local_rows(lake.spark, [], silver_schema(noun))
    # A column that metadata gained, and that no record fills yet, is not in the table.
    return lake.read(table).unionByName(nothing, True) if lake.exists(table) else nothing


def silver_schema(noun: Noun) -> str:
    """The DDL of a noun's silver table."""
    since, until = SPAN[noun.history]
    return ", ".join(
        [
            *(f"{column.name} {SQL_TYPES[column.type]}" for column in noun.columns),
            "source_id string",
            f"{since} timestamp, {until} timestamp, is_current boolean",
            "quality_flags array<string>",
            "_content_hash string, _file_version_id string, _generation int, _row_number bigint",
        ]
    )
