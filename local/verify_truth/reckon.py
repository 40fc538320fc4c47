"""Asks the program for its KPIs as known on an earlier day, after all that came later, and writes them as Parquet.

Runs in the Spark session's process and is the one module here that calls the program's lakehouse, as a user would.
"""

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession
from rcm_lakehouse.kpis.definitions import Kpi, read_kpis
from rcm_lakehouse.kpis.reckon import end_of_day, reckon_kpis
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import read_metadata
from rcm_lakehouse.session import metadata_path

COLUMNS = {
    **dict.fromkeys(("kpi_id", "hospital", "period", "bucket", "dimension", "member"), "string"),
    "multiplier": "int",
    "numerator": "decimal(38,2)",
    "denominator": "decimal(38,2)",
    "value": "decimal(38,6)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", type=Path, required=True, help="folder of the lake")
    parser.add_argument("--known", type=date.fromisoformat, required=True, help="the day: what had arrived by its end")
    parser.add_argument("--rows", type=Path, required=True, help="folder for the rows")
    options = parser.parse_args()
    spark = SparkSession.builder.getOrCreate()
    lake, kpis = Lake(spark, str(options.lake)), [_of_hospitals(kpi) for kpi in read_kpis(metadata_path())]
    rows = reckon_kpis(lake, read_metadata(metadata_path()), kpis, options.known, end_of_day(options.known))
    cells = [tuple(getattr(row, column) for column in COLUMNS) for row in rows]
    schema = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    spark.createDataFrame(cells, schema).coalesce(1).write.parquet(str(options.rows))


def _of_hospitals(kpi: Kpi) -> Kpi:
    """Without slices: of an earlier day the truth tells none."""
    definitions = (
        replace(one, buckets=tuple(replace(bucket, is_sliced=False) for bucket in one.buckets))
        for one in kpi.definitions
    )
    return replace(kpi, definitions=tuple(definitions))
