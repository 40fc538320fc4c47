"""What silver has taken in and what it has not: a ledger of deliveries, written after the tables it is about."""

from collections.abc import Iterable
from dataclasses import dataclass

from rcm_lakehouse.deliveries import DELIVERIES, Delivery, last, lives, recorded
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Source

PROCESSED = "silver.processed"
PROCESSED_SCHEMA = "source_id string, file_version_id string, generation int, mapping_id string, token string"


@dataclass(frozen=True, slots=True)
class Arrived:
    """One source with deliveries that silver has not taken in under the present mapping."""

    source: Source
    deliveries: tuple[Delivery, ...]
    waiting: tuple[Delivery, ...]

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
    """By source, the deliveries in the log not yet taken in under the source's present mapping."""
    everything = recorded(lake.read(DELIVERIES))
    taken_in = _taken_in(lake)
    arrived = []
    for name in sorted({delivery.source_id for delivery in everything}):
        source = metadata.source(name)
        mine = tuple(d for d in everything if d.source_id == name)
        waiting = tuple(d for d in mine if (d.file_version_id, d.generation, source.mapping_id) not in taken_in)
        if waiting:
            arrived.append(Arrived(source, mine, waiting))
    return arrived


def record(lake: Lake, arrived: Iterable[Arrived], token: str) -> None:
    """Says of everything in `arrived` that silver has taken it in."""
    rows = [
        (one.source.source_id, d.file_version_id, d.generation, one.source.mapping_id, token)
        for one in arrived
        for d in one.waiting
    ]
    if rows:
        lake.append(PROCESSED, local_rows(lake.spark, rows, PROCESSED_SCHEMA).coalesce(1))


def _taken_in(lake: Lake) -> set[tuple[str, int, str]]:
    if not lake.exists(PROCESSED):
        return set()
    rows = lake.read(PROCESSED).select("file_version_id", "generation", "mapping_id").collect()
    return {(row[0], row[1], row[2]) for row in rows}
