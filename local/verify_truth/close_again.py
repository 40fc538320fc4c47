"""Lets the program close the books of a lake once more. Runs in the Spark session's process."""

import argparse
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession
from rcm_lakehouse.close.close_books import close_books
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import read_metadata
from rcm_lakehouse.session import metadata_path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, required=True, help="folder of the lake")
    parser.add_argument("--manifest", required=True, help="the last run's manifest")
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    options = parser.parse_args()
    lake = Lake(SparkSession.builder.getOrCreate(), str(options.lake))
    close_books(lake, read_metadata(metadata_path()), options.manifest, options.as_of)
