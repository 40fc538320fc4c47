"""The Spark session and the clock: what a task takes from its surroundings."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from pyspark.sql import SparkSession

METADATA_SETTING = "RCM_METADATA_PATH"


def spark_session() -> SparkSession:
    """The session of the surroundings (a warm local one, or the cluster's), reckoning in UTC and by ANSI rules.

    So does the driver: Spark hands it instants as times without a zone, in that of its process.
    """
    os.environ["TZ"] = "UTC"  # noqa: TID251 -- the zone of a process has no other home
    time.tzset()
    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.ansi.enabled", "true")
    return spark


def metadata_path() -> Path:
    """The folder of metadata: the setting's, else the copy that the wheel carries, else the repository's own."""
    named = os.environ.get(METADATA_SETTING)  # noqa: TID251 -- the one setting of the lakehouse
    if named:
        return Path(named)
    packaged = Path(__file__).parent / "metadata"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "metadata"


def own_folder(name: str) -> str:
    """`name` with the instant: a folder for one attempt at what readers list.

    An attempt before it may have died and left part files, which on Databricks stay beside those of the next.
    """
    return f"{name}-{utc_now():%Y%m%dT%H%M%S%f}"


def utc_now() -> datetime:
    """The clock of the tasks; every other module is told the time."""
    return datetime.now(UTC)  # noqa: TID251 -- the one clock of the lakehouse
