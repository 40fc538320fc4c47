"""Task govern: names the lake's tables in Unity Catalog, with grants, masks and row filters. Run after a deployment."""

import argparse
import sys
from collections.abc import Iterable

from rcm_lakehouse.gold.build import gold_tables
from rcm_lakehouse.gold.describe import OTHER_TABLES
from rcm_lakehouse.governance.statements import foundations, table_statements
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.ledger.lines import TABLES
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.session import metadata_path, spark_session


def main() -> None:
    """Entry point of the task."""
    parser = argparse.ArgumentParser(prog="rcm_lakehouse", allow_abbrev=False)
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--lake-root", required=True)
    given = parser.parse_args(sys.argv[1:])
    lake = Lake(spark_session(), given.lake_root)
    for statement in governed(lake, given.catalog, read_metadata(metadata_path())):
        lake.spark.sql(statement).collect()


def governed(lake: Lake, catalog: str, metadata: Metadata) -> Iterable[str]:
    """Every statement, in order; a table that was never written has none."""
    yield from foundations(catalog, metadata)
    for table in table_names(metadata):
        if lake.exists(table):
            yield from table_statements(catalog, table, lake.path(table), lake.read(table).columns, metadata)


def table_names(metadata: Metadata) -> list[str]:
    """The tables that people may be given by name."""
    bronze = [f"bronze.{source_id}" for source_id in sorted(metadata.sources)]
    silver = [f"silver.{noun}" for noun in sorted(metadata.nouns)]
    star = [f"gold.{table.name}" for table in gold_tables()]
    return [*bronze, *silver, *star, *TABLES.values(), "gold.receivable", *OTHER_TABLES]
