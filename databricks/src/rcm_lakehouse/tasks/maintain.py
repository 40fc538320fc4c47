"""Task maintain: compacts the lake's tables and lets go of files that no table needs any more. By schedule."""

import argparse
import sys

from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.session import metadata_path, spark_session
from rcm_lakehouse.tables import lake_tables


def main() -> None:
    """Entry point of the task."""
    parser = argparse.ArgumentParser(prog="rcm_lakehouse", allow_abbrev=False)
    parser.add_argument("--lake-root", required=True)
    given = parser.parse_args(sys.argv[1:])
    maintain(Lake(spark_session(), given.lake_root), read_metadata(metadata_path()))


def maintain(lake: Lake, metadata: Metadata) -> None:
    """Maintains every table there is. Neither rows nor what a run makes of them change."""
    each(lake.maintain, filter(lake.exists, lake_tables(metadata)))
