"""Task govern: gives the lake's tables to people in Unity Catalog, masked and filtered. Run after a deployment."""

import argparse
import sys
from collections.abc import Iterable

from rcm_lakehouse.governance.statements import foundations, table_statements
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.session import metadata_path, spark_session
from rcm_lakehouse.tables import named_tables


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
    yield from foundations(catalog)
    for table in named_tables(metadata):
        if lake.exists(table):
            columns = {field.name: field.metadata.get("comment", "") for field in lake.read(table).schema}
            yield from table_statements(catalog, table, lake.path(table), columns, metadata)
