"""Checks what timers brought: each row and code in landing, nothing twice, and anchors over every chain.

A timer's files have a stamp after a hyphen, which outsiders' have not.
"""

import csv
import io
import json
from collections.abc import Iterator

from shared.model.anchor import Anchor, anchor_hash
from shared.model.commit import DATABRICKS_RUNS, HEAD, LEDGER
from shared.testing.simulation import Simulation
from shared.testing.surroundings import NPIS

CODES = "codes/hcpcs/{:%Y-%m-%d}/hcpcs"


def every_row_is_brought(simulation: Simulation) -> Iterator[str]:
    """What stands in the EMR at rest, and each code of each edition and in use, is in a file that arrived."""
    around = simulation.outsiders.surroundings
    if around is None:
        return
    brought = _records(simulation, "emr/hospital_a/", "encounters")
    yield from (f"encounter {n} was never brought" for n, row in enumerate(around.encounters) if row not in brought)
    newest = max(_paths(simulation, "emr/hospital_a/", "departments-"), default="")
    if _records(simulation, newest, "") != around.departments:
        yield "the newest file of departments is not the table"
    codes = [record["code"] for record in _records(simulation, CODES.format(max(around.editions)), "")]
    if codes != list(around.editions[max(around.editions)]):
        yield "the newest edition was not brought"
    asked = {record["npi"] for record in _records(simulation, "codes/npi/", "")}
    yield from ("a code in use was never looked up" for npi in NPIS if npi not in asked)


def nothing_is_brought_twice(simulation: Simulation) -> Iterator[str]:
    """One file of encounters per state of the table, one of departments per day, one of codes per edition.

    A pull that was decided before a change and carried out after it sees half of the change.
    """
    around = simulation.outsiders.surroundings
    if around is None:
        return
    if len(_paths(simulation, "emr/hospital_a/", "encounters")) > 2 * around.changes + 1:
        yield "encounters were brought again though nothing changed"
    days = [path.split("/")[2] for path in _paths(simulation, "emr/hospital_a/", "departments-")]
    if len(set(days)) < len(days):
        yield "departments were brought twice on a day"
    if len(_paths(simulation, "codes/hcpcs/", "")) > len(around.editions):
        yield "an edition was brought twice"


def anchors_cover_every_chain(simulation: Simulation) -> Iterator[str]:
    """Anchors are numbered without a gap, name each other, agree with the ledger, and reach the end of each chain."""
    if simulation.outsiders.surroundings is None:
        return
    before, marked = anchor_hash(""), set[tuple[str, str, int]]()
    for number, (_, blob) in enumerate(sorted(simulation.ports.files.blobs["anchors"].items()), 1):
        anchor = Anchor.from_text(blob.content.decode())
        if (anchor.number, anchor.previous) != (number, before):
            yield "the anchors are no chain"
        before = anchor_hash(blob.content.decode())
        for mark in anchor.marks:
            event = simulation.ports.ledger.tables[mark.table][mark.partition][f"audit-{mark.sequence:08d}"]
            if event.row.values["hash"] != mark.hash:
                yield "an anchor says what the ledger does not"
            if (mark.table, mark.partition, mark.sequence) in marked and simulation.schedule.width == 1:
                yield "an anchor says what another said"
            marked.add((mark.table, mark.partition, mark.sequence))
    for table in (LEDGER, DATABRICKS_RUNS):
        for partition, rows in simulation.ports.ledger.tables[table].items():
            if HEAD in rows and (table, partition, rows[HEAD].row.values["chain_sequence"]) not in marked:
                yield f"{table}: the end of a chain is not anchored"


def _paths(simulation: Simulation, start: str, part: str) -> set[str]:
    every = (uploaded.upload.name for uploaded in simulation.outsiders.uploaded)
    return {path for path in every if path.startswith(start) and part in path}


def _records(simulation: Simulation, start: str, part: str) -> list[dict[str, str]]:
    """The records of all such files; of a path that was written again, as it was written last."""
    files = {one.upload.name: one.upload.content.decode() for one in simulation.outsiders.uploaded}
    found: list[dict[str, str]] = []
    for name, text in files.items():
        if name.startswith(start) and part in name:
            is_json = name.endswith(".jsonl")
            found += map(json.loads, text.splitlines()) if is_json else csv.DictReader(io.StringIO(text))
    return found
