"""What silver holds and what it does not: a ledger of deliveries, each by the mapping it was last taken in under."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from pyspark.sql import functions as F

from rcm_lakehouse.deliveries import DELIVERIES, Delivery, last, lives, recorded
from rcm_lakehouse.lake import CHANGE, Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Source

PROCESSED = "silver.processed"
PROCESSED_SCHEMA = "source_id string, file_version_id string, generation int, mapping_id string, token string"
PROCESSED_KEY = ("source_id", "file_version_id", "generation", "mapping_id")

type Held = tuple[str, int, str]
"""A delivery that silver holds: file version, generation, and the mapping it was taken in under."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One source with deliveries that silver does not hold under the present mapping.

    `is_mapped_anew`: some of it was last taken in under another mapping, so that all of it is waiting.
    """

    source: Source
    deliveries: tuple[Delivery, ...]
    waiting: tuple[Delivery, ...]
    is_mapped_anew: bool = False

    @property
    def file_versions(self) -> list[str]:
        """The file versions that brought something new, or take something back."""
        return sorted({delivery.file_version_id for delivery in self.waiting})

    @property
    def successor(self) -> Delivery | None:
        """The one delivery that silver lacks, where it comes after all others and silver stands on these; else None."""
        newest = last(lives(self.deliveries))
        if newest is None or newest.delivery.generation > 1 or len(self.deliveries) == 1:
            return None
        return newest.delivery if self.waiting == (newest.delivery,) else None

    @property
    def rows(self) -> int:
        """Rows in the log that silver has not seen."""
        return sum(delivery.bronze_count for delivery in self.waiting)


def arrived_deliveries(lake: Lake, metadata: Metadata) -> list[Arrived]:
    """By source, the deliveries in the log that silver does not hold under the source's present mapping."""
    everything = recorded(lake.read(DELIVERIES))
    taken_in = _taken_in(lake)
    names = sorted({delivery.source_id for delivery in everything})
    found = (
        _arrived(metadata.source(name), [d for d in everything if d.source_id == name], taken_in.get(name, set()))
        for name in names
    )
    return [one for one in found if one.waiting]


def forget(lake: Lake, arrived: Iterable[Arrived]) -> None:
    """Says of sources that are to be mapped anew that silver holds nothing of them; before their rows are written.

    After a crash in between, whatever the mapping is by then, they are mapped once more.
    """
    names = [one.source.source_id for one in arrived if one.is_mapped_anew]
    if names:
        held = lake.read(PROCESSED).where(F.col("source_id").isin(names)).dropDuplicates([*PROCESSED_KEY])
        lake.merge(PROCESSED, lake.stage(PROCESSED, held.withColumn(CHANGE, F.lit("delete"))), PROCESSED_KEY)


def record(lake: Lake, arrived: Iterable[Arrived], token: str) -> None:
    """Says of everything in `arrived` that silver holds it; after its rows are written."""
    rows = [
        (one.source.source_id, d.file_version_id, d.generation, one.source.mapping_id, token)
        for one in arrived
        for d in one.waiting
    ]
    if rows:
        lake.append(PROCESSED, local_rows(lake.spark, rows, PROCESSED_SCHEMA).coalesce(1))


def _arrived(source: Source, mine: Sequence[Delivery], held: Set[Held]) -> Arrived:
    if any(mapping_id != source.mapping_id for *_, mapping_id in held):
        return Arrived(source, tuple(mine), tuple(mine), is_mapped_anew=True)
    waiting = (d for d in mine if (d.file_version_id, d.generation, source.mapping_id) not in held)
    return Arrived(source, tuple(mine), tuple(waiting))


def _taken_in(lake: Lake) -> Mapping[str, Set[Held]]:
    """By source."""
    if not lake.exists(PROCESSED):
        return {}
    found: dict[str, set[Held]] = {}
    for source_id, *held in lake.read(PROCESSED).select(*PROCESSED_KEY).collect():
        found.setdefault(source_id, set()).add((held[0], held[1], held[2]))
    return found
