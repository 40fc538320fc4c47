"""Where a cluster stands does not show: a driver in another zone reckons in UTC."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pyspark.sql import SparkSession
from rcm_lakehouse.deliveries import DELIVERIES_SCHEMA, life_rows, lives, recorded
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.session import spark_session

HALF_PAST_MIDNIGHT = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
def test_what_is_known_of_deliveries_is_the_same_whatever_the_zone_of_the_driver(spark: SparkSession) -> None:
    assert spark_session() is spark
    row = ("hospital_a__charge", "f" * 64, 1, "landed", None, None, *[HALF_PAST_MIDNIGHT] * 3, None, 1, 1, 0, 0, "t")
    (life,) = lives(recorded(local_rows(spark, [row], DELIVERIES_SCHEMA)))
    assert life.delivery.date == date(2026, 11, 1)
    (told,) = life_rows(spark, [life]).selectExpr("unix_seconds(_life_from)").collect()
    assert told[0] == HALF_PAST_MIDNIGHT.timestamp()
