"""Bugs to plant where arrivals meet each other or are found late, and the functions that they put in the real ones'
places."""

from collections.abc import Iterable

from shared.flows import claim_content, ingest, reconcile, sweep_staged
from shared.model.commit import BOOKMARKS, LEDGER, Row
from shared.model.ingestion import Status
from shared.model.instant import to_wire
from shared.ports import Ports
from shared.testing.fake_ledger import FakeLedger
from shared.testing.gate import through
from shared.testing.planted_bug import PlantedBug


def replace_whatever_stands(ledger: FakeLedger, row: Row, _etag: str) -> bool:
    """A row is written over whoever wrote it in between."""
    ledger.put(row)
    return True


def insert_over(ledger: FakeLedger, rows: Iterable[Row]) -> bool:
    """Rows that are there already are written over."""
    with through(ledger.gate, "ledger.insert"):
        for row in rows:
            ledger._write(row)
    return True


def remember_now(ports: Ports, tick: reconcile.Tick) -> None:
    """The next look goes on from now, whatever was passed over."""
    at = to_wire(tick.now)
    ports.ledger.put(Row(BOOKMARKS, reconcile.RECONCILED, "last", {"at": at, "full_at": at}))


def always_listed(*_: object) -> bool:
    """A listing is believed whatever it says."""
    return True


def leave_staged(*_: object) -> None:
    """Who staged in vain leaves it to others to clean up."""


def sweep_what_is_at_work(ports: Ports) -> None:
    """A file that no commit names yet is taken for one that none will."""
    for container in ("bronze", "quarantine"):
        for blob in ports.files.list(container):
            match = sweep_staged.STAGED.fullmatch(blob.name)
            key = f"generation-{int(match['generation']):04d}" if match else ""
            row = ports.ledger.get(LEDGER, match["file_version_id"], key) if match else None
            if row is None or row.values.get(container) != f"{container}/{blob.name}":
                ports.files.delete(container, blob.name)


def comparisons_without(name: str) -> tuple[object, ...]:
    return tuple(compare for compare in reconcile.COMPARISONS if compare.__name__ != name)


PLANTED_ARRIVALS = (
    PlantedBug(
        "replaced_unguarded",
        "a row is replaced whatever its ETag",
        ((FakeLedger, "replace", replace_whatever_stands),),
    ),
    PlantedBug("inserted_over", "a row that is there is inserted again", ((FakeLedger, "insert_all", insert_over),)),
    PlantedBug(
        "at_work_holds_nothing",
        "a twin that is still at work does not hold its content",
        ((claim_content, "HOLDS", (Status.LANDED, Status.HELD)),),
    ),
    PlantedBug(
        "held_holds_nothing",
        "a file that landed and is held now does not hold its content",
        ((claim_content, "HOLDS", (Status.ARRIVED, Status.LANDED)),),
    ),
    PlantedBug("long_copy_overlooked", "a copy of hours is passed over", ((reconcile, "_remember", remember_now),)),
    PlantedBug("stale_listing_left", "nobody mends a listing", ((reconcile, "_is_listed", always_listed),)),
    PlantedBug(
        "queue_trusted",
        "nobody asks again for what a queue lost",
        ((reconcile, "COMPARISONS", comparisons_without("ledger_with_what_followed")),),
    ),
    PlantedBug(
        "unheard_left",
        "what was found late and registered by half is left to an event",
        ((reconcile, "COMPARISONS", comparisons_without("unheard_with_ledger")),),
    ),
    PlantedBug("staged_in_vain_left", "an attempt that lost cleans nothing up", ((ingest, "sweep", leave_staged),)),
    PlantedBug(
        "swept_at_work",
        "what an attempt at work has staged is swept",
        ((reconcile, "sweep_staged", sweep_what_is_at_work),),
    ),
)
