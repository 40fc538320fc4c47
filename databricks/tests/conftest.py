"""One Spark session for the whole suite, with Delta, as the local twin runs it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from local.set_up.spark_conf import local_spark_conf, local_spark_environment

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    os.environ.update(local_spark_environment(REPOSITORY, os.environ))
    session = SparkSession.builder.master("local[2]").config(map={**local_spark_conf(REPOSITORY)}).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
