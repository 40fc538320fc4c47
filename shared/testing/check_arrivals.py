"""Checks what becomes of arrivals: that depend on each other, of which nobody tells, and how they are listed."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from operator import itemgetter
from typing import Any

from shared.model.commit import BOOKMARKS, HEAD, LEDGER, LISTING
from shared.model.instant import from_wire
from shared.testing.check_audit import head_of, rows_of
from shared.testing.fake_clock import START
from shared.testing.scenario import unheard_scenario
from shared.testing.simulation import RECONCILE_EVERY, Simulation


def the_same_content_lands_once(simulation: Simulation) -> Iterator[str]:
    """Of file versions of one source, day and content, one stands in the lakehouse at most: landed, and not since
    withdrawn or refused."""
    content = {
        one.blob.file_version_id: sha256(one.upload.content).hexdigest() for one in simulation.outsiders.uploaded
    }
    standing = {
        partition: generation
        for partition, generation in _generations(simulation)
        if generation["status"] in ("landed", "withdrawn", "refused")
    }
    landed = Counter(
        (generation["source_id"], generation["as_of"], content[partition])
        for partition, generation in standing.items()
        if generation["status"] == "landed"
    )
    yield from (f"one content landed {times} times" for times in landed.values() if times > 1)


def a_duplicate_has_its_twin(simulation: Simulation) -> Iterator[str]:
    """Whose content another version is said to hold, has one that landed or waits for a person, of the same source, day
    and bytes; and where nothing came between, one that was not withdrawn before."""
    is_plain = simulation.schedule.width == 1 and not simulation.schedule.faults
    for partition, generation in _generations(simulation):
        if generation["status"] != "duplicate_content":
            continue
        holder = str(generation["reason"]).removeprefix("same_as_")
        held = [one for other, one in _generations(simulation) if other == holder != partition]
        if not any(one["status"] in ("landed", "held") and _content(one) == _content(generation) for one in held):
            yield "a duplicate of what never landed"
        before = [one["status"] for one in held if one["updated_at"] < generation["updated_at"]]
        if is_plain and before[-1:] == ["withdrawn"]:
            yield "a duplicate of what was withdrawn"


def the_last_delivery_is_the_latest(simulation: Simulation) -> Iterator[str]:
    """The size guard compares with one that landed of a source, and with none older than the latest that stands landed,
    whatever was worked last."""
    for table, key, values in rows_of(simulation, BOOKMARKS):
        if table.startswith("delivery-"):
            noted = _place(values, str(values["file_version_id"]))
            landed = [
                (_place(generation, partition), head_of(simulation, partition))
                for partition, generation in _generations(simulation)
                if generation["status"] == "landed" and f"delivery-{generation['source_id']}" == table
            ]
            latest = max((place for place, head in landed if head and head["status"] == "landed"), default=noted)
            if noted < latest or noted not in [place for place, _ in landed]:
                yield f"the {key} delivery of a source is not its latest"


def what_no_event_told_of_is_found_in_time(simulation: Simulation) -> Iterator[str]:
    """By the second tick after it came, or after the services were back."""
    if simulation.schedule.scenario != unheard_scenario():
        return
    outage = simulation.schedule.outage
    back_at = START + timedelta(seconds=outage.seconds if outage else 0)
    for number, uploaded in enumerate(simulation.outsiders.uploaded):
        head = head_of(simulation, uploaded.blob.file_version_id)
        came_at = uploaded.blob.last_modified + timedelta(seconds=uploaded.upload.copied_for)
        until = max(came_at, back_at) + 2.5 * RECONCILE_EVERY
        if head and from_wire(head["arrived_at"]) > until:
            yield f"upload {number} was found too late"


def listings_show_the_ledger(simulation: Simulation) -> Iterator[str]:
    """Every file version stands in two listings, as the ledger has it: by day, and by source."""
    shown = Counter[tuple[str, str, int]]()
    for _, _, values in rows_of(simulation, LISTING):
        shown[str(values["file_version_id"]), str(values["status"]), int(values["generation"])] += 1
    for file_version_id, rows in simulation.ports.ledger.tables[LEDGER].items():
        head = rows[HEAD].row.values if HEAD in rows else None
        if head and shown.pop((file_version_id, str(head["status"]), int(str(head["generation"]))), 0) != 2:
            yield f"a {head['status']} file version is not listed as such"
    yield from (f"a listing still says {status}" for _, status, _ in shown)


def _place(values: dict[str, Any], file_version_id: str) -> tuple[str, str, str]:
    """A delivery's place among those of its source."""
    return str(values.get("as_of", "")), str(values["delivered_at"]), file_version_id


def _content(generation: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(generation.get(name, "")) for name in ("source_id", "as_of", "period", "content_hash"))


def _generations(simulation: Simulation) -> Iterator[tuple[str, dict[str, Any]]]:
    """File version and values of every generation that came to an end, those of a version in their order."""
    for partition, key, values in sorted(rows_of(simulation, LEDGER), key=itemgetter(0, 1)):
        if key.startswith("generation-"):
            yield partition, values
