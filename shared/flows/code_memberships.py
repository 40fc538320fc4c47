"""Which codes held when: what landed of a code set's source are its editions, each from the day in its path."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from shared.errors import FileGoneError
from shared.flows.register import recorded
from shared.model.commit import LISTING
from shared.model.ingestion import Status
from shared.model.source import CodeCheck, SourceDefinition
from shared.pipeline.code_membership import CodeMembership, Edition
from shared.pipeline.listing import source_partition
from shared.pipeline.read_codes import read_codes
from shared.ports import Ports

if TYPE_CHECKING:
    import pyarrow as pa

MOST_EDITIONS = 24
"""Looked at, the last to arrive first: six years of the set that comes most often."""

CACHED = 32


def code_memberships(ports: Ports, source: SourceDefinition) -> tuple[CodeMembership, ...]:
    """The checks of codes that the source declares, by the editions that have landed so far."""
    return tuple(_membership(ports, check) for check in source.code_checks)


def _membership(ports: Ports, check: CodeCheck) -> CodeMembership:
    editions = list(islice(_editions(ports, ports.metadata.sources[check.editions]), MOST_EDITIONS))
    return CodeMembership(check.column, check.dates, editions)


def _editions(ports: Ports, source: SourceDefinition) -> Iterator[Edition]:
    """One for each day; of several deliveries of a day the last holds."""
    days: set[date] = set()
    for row in ports.ledger.scan(LISTING, source_partition(source.source_id)):
        said = source.path_pattern.match(str(row.values["path"]))
        if row.values["status"] != Status.LANDED.value or said is None:
            continue
        day = date.fromisoformat(said[source.delivery.as_of_name])
        if day not in days:
            days.add(day)
            ids = (str(row.values["file_version_id"]), int(str(row.values["generation"])))
            yield Edition(day, _codes(ports, source.keys[0], *ids))


@lru_cache(maxsize=CACHED)
def _codes(ports: Ports, column: str, file_version_id: str, generation: int) -> "pa.StringArray | None":
    """What a generation landed never changes; None where it is gone."""
    ingestion = recorded(ports, file_version_id)
    container, _, name = ingestion.outcome.bronze.partition("/")
    if ingestion.generation != generation or not name:
        return None
    try:
        return read_codes(ports.files.read(container, name), column)
    except FileGoneError:
        return None
