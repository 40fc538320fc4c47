"""Runs the whole job in this process through Spark Connect, as serverless does: where a session is only a client."""

import sys
from datetime import date
from pathlib import Path

import hospital_rows as rows
from deliveries import Delivered
from line import NOON, Line
from pyspark.sql import SparkSession
from rcm_lakehouse.tasks import trace

from local.set_up.spark_conf import local_spark_conf

REPOSITORY = Path(__file__).parents[3]


def main(folder: Path) -> None:
    builder = SparkSession.builder.remote("local[2]")
    for name, value in local_spark_conf(REPOSITORY).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    line = Line(spark, folder, REPOSITORY / "metadata")
    claims = [rows.claim("C1", "2024-10-01", "100", "40", "Paid"), rows.claim("C2", "2024-10-02", "50", "0", "Denied")]
    patients = [rows.patient("P1", "2024-01-01"), rows.patient("P2", "2024-01-01")]
    line.to_gold(
        date(2024, 11, 6),
        Delivered("hospital_a__claim", "one", "2024-11-05", claims),
        Delivered("hospital_a__patient", "one", "2024-11-05", patients),
    )
    line.to_persons()
    changed = [rows.patient("P1", "2024-11-05", first_name="Anna")]
    two = Delivered("hospital_a__patient", "two", "2024-11-06", changed, frozenset())
    trace.trace(line.lake, line.to_gold(date(2024, 11, 6), two), line.metadata, NOON)
    counts = [line.lake.read(table).count() for table in ("silver.patient", "gold.person", "gold.claim")]
    print(type(spark).__module__, *counts)
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
