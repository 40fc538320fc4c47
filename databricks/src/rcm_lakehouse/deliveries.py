"""Deliveries of a source: which stand, and in which order. Few enough to be reckoned on the driver."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pyspark.sql import DataFrame, SparkSession

from rcm_lakehouse.local_rows import local_rows

DELIVERIES = "bronze.delivery"
"""One row per ingestion that bronze took in, written after the rows it is about; append-only."""

DELIVERIES_SCHEMA = (
    "source_id string, file_version_id string, generation int, outcome string, as_of date, period string, "
    "arrived_at timestamp, delivered_at timestamp, content_hash string, records_in bigint, bronze_count bigint, "
    "quarantined_count bigint, log_version bigint, token string"
)

STANDING_SCHEMA = (
    "source_id string, _file_version_id string, _generation int, _ordinal int, _as_of date, _delivery_period string"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One generation of one file version, as recorded when its rows were in the log."""

    source_id: str
    file_version_id: str
    generation: int
    outcome: str
    as_of: date | None
    period: str | None
    arrived_at: datetime
    delivered_at: datetime
    bronze_count: int
    quarantined_count: int
    log_version: int | None

    @property
    def date(self) -> date:
        """The extract's own date; where it states none, the day of delivery."""
        return self.as_of or self.delivered_at.date()


def recorded(rows: DataFrame) -> list[Delivery]:
    """Rows of the delivery table as values."""
    return [Delivery(*row) for row in rows.select(*Delivery.__slots__).collect()]


def standing(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries of one source that stand, in their own order: by date, then delivery, then file version.

    Of each file version the highest generation stands, unless it is a withdrawal.
    """
    newest: dict[str, Delivery] = {}
    for delivery in deliveries:
        known = newest.get(delivery.file_version_id)
        if known is None or known.generation < delivery.generation:
            newest[delivery.file_version_id] = delivery
    stand = (delivery for delivery in newest.values() if delivery.outcome == "landed")
    return sorted(stand, key=lambda d: (d.date, d.delivered_at, d.file_version_id))


def standing_rows(spark: SparkSession, deliveries: Iterable[Delivery]) -> DataFrame:
    """The standing deliveries of one source as rows; `_ordinal` counts them from 1 in their order."""
    rows = [
        (d.source_id, d.file_version_id, d.generation, ordinal, d.date, d.period)
        for ordinal, d in enumerate(standing(deliveries), start=1)
    ]
    return local_rows(spark, rows, STANDING_SCHEMA)
