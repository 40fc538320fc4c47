"""The invariants, checked at rest from what outsiders wrote and what the stores hold."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import pyarrow.parquet as pq

from shared.model.commit import LEDGER
from shared.testing.check_arrivals import (
    a_duplicate_has_its_twin,
    listings_show_the_ledger,
    the_last_delivery_is_the_latest,
    the_same_content_lands_once,
    what_no_event_told_of_is_found_in_time,
)
from shared.testing.check_audit import every_effect_is_audited, head_of, rows_of
from shared.testing.check_brought import anchors_cover_every_chain, every_row_is_brought, nothing_is_brought_twice
from shared.testing.check_rest import (
    every_request_does_what_was_asked,
    nothing_is_left_to_do,
    only_strays_are_put_aside,
    saying_it_again_changes_nothing,
)
from shared.testing.faults import Mode
from shared.testing.scenario import CANARY, Upload
from shared.testing.simulation import STAGED, Simulation

PHI_COLUMNS = frozenset({"path"})
ORDERLY = frozenset({Mode.SLOW, Mode.ASLEEP, Mode.FORGOTTEN})
ENDS = frozenset({"landed", "refused", "superseded", "duplicate_content", "held", "withdrawn", "gone"})


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, and for what."""

    invariant: str
    about: str

    @property
    def is_lost(self) -> bool:
        return self.invariant in (
            "every_version_is_accounted_for",
            "records_in_are_records_out",
            "a_duplicate_has_its_twin",
            "what_no_event_told_of_is_found_in_time",
        )

    @property
    def is_doubled(self) -> bool:
        return self.invariant in ("one_successful_run_per_generation", "the_same_content_lands_once")


def check(simulation: Simulation) -> list[Broken]:
    """Every invariant that is broken; an empty list when all hold."""
    found = [Broken("quiescence", "the schedule does not come to rest")] if not simulation.is_at_rest else []
    found += [Broken("no_surprise", text) for text in simulation.unexpected]
    for invariant in INVARIANTS:
        found += [Broken(invariant.__name__, about) for about in invariant(simulation)]
    return found


def every_version_is_accounted_for(simulation: Simulation) -> Iterator[str]:
    """A version that arrived has one end; unknown may only be what went before a look, untold."""
    blobs = simulation.ports.files.blobs["landing"]
    for number, uploaded in enumerate(simulation.outsiders.uploaded):
        head = head_of(simulation, uploaded.blob.file_version_id)
        stands = blobs.get(uploaded.blob.name)
        was_told = uploaded.upload.event_copies > 0
        was_visible = was_told or (stands and stands.etag == uploaded.blob.etag)
        if head is None and was_visible:
            yield f"upload {number} is not in the ledger"
        if head is not None and head["status"] not in ENDS:
            yield f"upload {number} stands at {head['status']}"


def one_bronze_file_per_generation(simulation: Simulation) -> Iterator[str]:
    """What stands in bronze and quarantine is exactly what commits name; what they name stands there.

    Where no process died and no call failed, whoever staged in vain cleaned up himself.
    """
    is_orderly = not simulation.schedule.outage and ORDERLY.issuperset(simulation.schedule.faults.values())
    for container in STAGED:
        named = {
            str(values[container]).removeprefix(f"{container}/")
            for _, key, values in rows_of(simulation, LEDGER)
            if key.startswith("generation-") and values.get(container)
        }
        standing = set(simulation.ports.files.blobs[container])
        yield from (f"{container}: staged and never named" for _ in standing - named)
        yield from (f"{container}: named and not there" for _ in named - standing)
        if is_orderly and simulation.standing.get(container, named) - named:
            yield f"{container}: staged in vain and left for the sweep"


def one_successful_run_per_generation(simulation: Simulation) -> Iterator[str]:
    """The newest generation for the lakehouse went through one successful run, an older one through one or none."""
    succeeded = Counter[tuple[str, int]]()
    for run in simulation.ports.jobs.runs.values():
        if run.result_state == "SUCCESS":
            path = run.parameters["manifest_uri"].removeprefix("fake://manifests/")
            manifest = json.loads(simulation.ports.files.blobs["manifests"][path].content)
            succeeded.update((each["file_version_id"], each["generation"]) for each in manifest["ingestions"])
    for partition, key, values in rows_of(simulation, LEDGER):
        if not key.startswith("generation-"):
            continue
        times = succeeded.pop((partition, int(key.removeprefix("generation-"))), 0)
        takes_back = values["generation"] > 1 and values["status"] in ("withdrawn", "refused")
        wanted = int(bool(values.get("databricks_job")) and (values["status"] == "landed" or takes_back))
        head = head_of(simulation, partition)
        is_newest = head is not None and head["generation"] == values["generation"]
        if times > wanted or (is_newest and times < wanted):
            yield f"a {values['status']} generation was run {times} times, wanted {wanted}"
    yield from ("a run took what was never committed" for _ in succeeded)


def records_in_are_records_out(simulation: Simulation) -> Iterator[str]:
    """Counted by Python's csv from the bytes that were written, and by pyarrow from the files that count."""
    for number, uploaded in enumerate(simulation.outsiders.uploaded):
        head = head_of(simulation, uploaded.blob.file_version_id)
        if not head or head["status"] != "landed":
            continue
        raw = _count_raw(uploaded.upload)
        out = sum(_count(simulation, str(head.get(container, ""))) for container in ("bronze", "quarantine"))
        if not raw == out == head["records_in"]:
            yield f"upload {number}: {raw} records came, {out} stand, {head['records_in']} are told"


def _count_raw(upload: Upload) -> int:
    text = upload.content.decode()
    if upload.name.endswith(".jsonl"):
        return len(text.splitlines())
    return sum(1 for row in csv.reader(io.StringIO(text)) if row) - 1


def _count(simulation: Simulation, reference: str) -> int:
    container, _, name = reference.partition("/")
    blob = simulation.ports.files.blobs[container].get(name) if name else None
    return pq.read_metadata(io.BytesIO(blob.content)).num_rows if blob else 0


def the_archive_holds_what_arrived(simulation: Simulation) -> Iterator[str]:
    """Byte for byte, for every version that was worked."""
    for number, uploaded in enumerate(simulation.outsiders.uploaded):
        file_version_id = uploaded.blob.file_version_id
        archived = simulation.ports.files.blobs["archive"].get(file_version_id)
        head = head_of(simulation, file_version_id)
        if archived and archived.content != uploaded.upload.content:
            yield f"upload {number}: other bytes in the archive"
        if head and head["status"] in ("landed", "refused", "duplicate_content", "held") and not archived:
            yield f"upload {number}: {head['status']} and not archived"
        if head and head["status"] == "landed" and head["content_hash"] != sha256(uploaded.upload.content).hexdigest():
            yield f"upload {number}: the content hash is not that of the bytes"


def no_older_version_stands_over_a_newer(simulation: Simulation) -> Iterator[str]:
    """The latest version at a path is never the superseded one, nor gone unless somebody deleted it; manifests tell the
    true order of delivery."""
    order = {uploaded.blob.file_version_id: number for number, uploaded in enumerate(simulation.outsiders.uploaded)}
    for blob in simulation.ports.files.blobs["manifests"].values():
        for each in json.loads(blob.content)["ingestions"]:
            uploaded = simulation.outsiders.uploaded[order[each["file_version_id"]]]
            if each["delivered_at"] != f"{uploaded.blob.last_modified:%Y-%m-%dT%H:%M:%S.%fZ}":
                yield f"upload {order[each['file_version_id']]}: the manifest tells another time of delivery"
    by_path: dict[str, str] = {}
    for uploaded in simulation.outsiders.uploaded:
        by_path[uploaded.blob.name] = uploaded.blob.file_version_id
    for name, newest in by_path.items():
        head = head_of(simulation, newest)
        if head and head["status"] == "superseded":
            yield f"upload {order[newest]} is the newest at its path and yet superseded ({len(name)} characters)"
        if head and head["status"] == "gone" and name not in simulation.outsiders.removed:
            yield f"upload {order[newest]} is said to be gone and is not"


def no_canary_gets_out(simulation: Simulation) -> Iterator[str]:
    """No cell and no path outside landing, archive, bronze, quarantine and the one ledger column."""
    for table, partitions in simulation.ports.ledger.tables.items():
        for partition, rows in partitions.items():
            for key, stored in rows.items():
                shown = {name: value for name, value in stored.row.values.items() if name not in PHI_COLUMNS}
                if CANARY in f"{partition}{key}{shown}":
                    yield f"table {table}"
    yield from ("telemetry" for said in simulation.exporter.said if CANARY in said)
    for container in ("manifests", "reports"):
        for name, blob in simulation.ports.files.blobs[container].items():
            if CANARY in name or CANARY.encode() in blob.content:
                yield f"container {container}"
    for queue in (simulation.ports.bus.queues, simulation.ports.bus.dead_letters):
        for messages in queue.values():
            yield from ("a message" for held in messages if CANARY.encode() in held.body)


def every_request_had_one_effect(simulation: Simulation) -> Iterator[str]:
    """A request raises a file's generation at most once."""
    raised = Counter[tuple[str, str]]()
    for partition, key, values in rows_of(simulation, LEDGER):
        if key.startswith("audit-"):
            event = json.loads(values["event"])
            if event["action"] == "generation_raised":
                raised[partition, event["details"]["request_id"]] += 1
    yield from (f"one request raised a file {times} times" for times in raised.values() if times > 1)


def a_good_file_is_not_refused(simulation: Simulation) -> Iterator[str]:
    """A fault of a service is no fault of the file: what can be read, at a path that is known, is never refused."""
    for number, uploaded in enumerate(simulation.outsiders.uploaded):
        rows = list(csv.reader(io.StringIO(uploaded.upload.content.decode())))
        is_good = len(rows) > 1 and rows[0] == ["DeptID", "Name"] and uploaded.upload.name.startswith("emr/")
        head = head_of(simulation, uploaded.blob.file_version_id)
        if is_good and head and head["status"] == "refused":
            yield f"upload {number} is good and was refused"


INVARIANTS: tuple[Callable[[Simulation], Iterator[str]], ...] = (
    every_version_is_accounted_for,
    one_bronze_file_per_generation,
    one_successful_run_per_generation,
    records_in_are_records_out,
    the_archive_holds_what_arrived,
    every_effect_is_audited,
    no_older_version_stands_over_a_newer,
    no_canary_gets_out,
    nothing_is_left_to_do,
    every_request_had_one_effect,
    the_same_content_lands_once,
    a_duplicate_has_its_twin,
    the_last_delivery_is_the_latest,
    what_no_event_told_of_is_found_in_time,
    a_good_file_is_not_refused,
    listings_show_the_ledger,
    only_strays_are_put_aside,
    every_request_does_what_was_asked,
    every_row_is_brought,
    nothing_is_brought_twice,
    anchors_cover_every_chain,
    saying_it_again_changes_nothing,
)
