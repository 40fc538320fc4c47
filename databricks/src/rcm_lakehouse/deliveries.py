"""Deliveries of a source: which stood when, in which order, and what each spoke of. Reckoned on the driver."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate

from pyspark.sql import DataFrame, SparkSession

from rcm_lakehouse.local_rows import local_rows

DELIVERIES = "bronze.delivery"
"""One row per ingestion that bronze took in, written after the rows it is about; append-only."""

DELIVERIES_SCHEMA = (
    "source_id string, file_version_id string, generation int, outcome string, as_of date, period string, "
    "arrived_at timestamp, known_at timestamp, delivered_at timestamp, content_hash string, records_in bigint, "
    "bronze_count bigint, quarantined_count bigint, log_version bigint, token string"
)

LIFE_SCHEMA = (
    "source_id string, _file_version_id string, _generation int, _ordinal int, _as_of date, "
    "_life_from timestamp, _life_to timestamp, _is_torn boolean"
)
REIGN_SCHEMA = (
    "source_id string, _group string, _reigns array<struct<since: timestamp, until: timestamp, ordinal: int>>"
)


type Position = tuple[str, int]
"""Names a delivery: file version and generation."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One generation of one file version, as recorded when its rows were in the log."""

    source_id: str
    file_version_id: str
    generation: int
    outcome: str
    as_of: date | None
    period: str | None
    known_at: datetime
    delivered_at: datetime
    bronze_count: int
    quarantined_count: int
    log_version: int | None

    @property
    def date(self) -> date:
        """The extract's own date; where it states none, the day of delivery."""
        return self.as_of or self.delivered_at.date()


@dataclass(frozen=True, slots=True)
class Life:
    """The time in which a delivery stood: from when it was known until its next generation was, None: still standing.

    `ordinal` counts the source's file versions from 1 in their own order, whatever the order of their arrival.
    """

    delivery: Delivery
    ordinal: int
    since: datetime
    until: datetime | None

    @property
    def position(self) -> Position:
        return (self.delivery.file_version_id, self.delivery.generation)


@dataclass(frozen=True, slots=True)
class Reign:
    """The time in which one delivery was the newest to say who is missing in a group (period, "": all of a source).

    It, by its `ordinal`, and those after it say which members there are; 0: all that stand do.
    """

    group: str
    since: datetime
    until: datetime | None
    ordinal: int


def recorded(rows: DataFrame) -> list[Delivery]:
    """Rows of the delivery table as values."""
    return [Delivery(*row) for row in rows.select(*Delivery.__slots__).collect()]


def lives(deliveries: Iterable[Delivery]) -> list[Life]:
    """When each delivery of one source stood. A withdrawal stands for nothing; a generation ends the one before it."""
    by_file: dict[str, list[Delivery]] = {}
    for delivery in sorted(deliveries, key=lambda d: d.generation):
        by_file.setdefault(delivery.file_version_id, []).append(delivery)
    files = sorted(by_file.values(), key=lambda generations: _order(generations[0]))
    return [life for ordinal, generations in enumerate(files, start=1) for life in _lives_of(generations, ordinal)]


def standing(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries of one source that stand now, in their own order."""
    return [life.delivery for life in lives(deliveries) if life.until is None]


def last(lived: Sequence[Life]) -> Life | None:
    """The life that comes after all others, in the source's order and by when it was known; None where none does."""
    if not lived:
        return None
    newest = max(lived, key=lambda life: life.ordinal)
    others = (life for life in lived if life is not newest)
    instants = (at for life in others for at in (life.since, life.until) if at is not None)
    return newest if newest.until is None and all(at <= newest.since for at in instants) else None


def reigns(
    lived: Iterable[Life], groups: Mapping[Position, Iterable[str]], torn: Set[Position] = frozenset()
) -> list[Reign]:
    """Of each group which delivery was the newest to say who is missing, and when. `groups`: what each speaks of.

    `torn`: those with a record that tells no member. It may be about anybody, so for them alone nobody is missing.
    """
    by_group: dict[str, list[Life]] = {}
    for life in lived:
        for group in groups.get(life.position, ()):
            by_group.setdefault(group, []).append(life)
    return [reign for group, mine in sorted(by_group.items()) for reign in _reigns_of(group, mine, torn)]


def life_rows(spark: SparkSession, lived: Iterable[Life], torn: Set[Position] = frozenset()) -> DataFrame:
    """Lives as rows (LIFE_SCHEMA), to be joined with what deliveries brought."""
    rows = [
        (
            *(life.delivery.source_id, *life.position, life.ordinal, life.delivery.date),
            *(life.since, life.until, life.position in torn),
        )
        for life in lived
    ]
    return local_rows(spark, rows, LIFE_SCHEMA)


def reign_rows(spark: SparkSession, source_id: str, reigned: Iterable[Reign]) -> DataFrame:
    """Reigns as rows (REIGN_SCHEMA), one for each group."""
    by_group: dict[str, list[dict[str, object]]] = {}
    for one in reigned:
        told: dict[str, object] = {"since": one.since, "until": one.until, "ordinal": one.ordinal}
        by_group.setdefault(one.group, []).append(told)
    return local_rows(spark, [(source_id, group, told) for group, told in by_group.items()], REIGN_SCHEMA)


def _order(delivery: Delivery) -> tuple[date, datetime, str]:
    """What puts file versions of a source in order."""
    return (delivery.date, delivery.delivered_at, delivery.file_version_id)


def _lives_of(generations: list[Delivery], ordinal: int) -> Iterable[Life]:
    # No generation was known before the one that it replaces, whatever is said of it.
    starts = list(accumulate((delivery.known_at for delivery in generations), max))
    for delivery, since, until in zip(generations, starts, [*starts[1:], None], strict=True):
        if delivery.outcome == "landed" and since != until:
            yield Life(delivery, ordinal, since, until)


def _reigns_of(group: str, lived: list[Life], torn: Set[Position]) -> Iterable[Reign]:
    moments = sorted({at for life in lived for at in (life.since, life.until) if at is not None})
    for since, until in zip(moments, [*moments[1:], None], strict=True):
        alive = [life for life in lived if life.since <= since and (life.until is None or since < life.until)]
        if alive:
            whole = (life.ordinal for life in alive if life.position not in torn)
            yield Reign(group, since, until, max(whole, default=0))
