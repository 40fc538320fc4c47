"""Checks the audit of a simulation: chains whole from genesis to head, and an event for every effect."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from shared.model.audit import ChainHead, genesis, link
from shared.model.commit import DATABRICKS_RUNS, HEAD, LEDGER
from shared.testing.fake_ledger import Stored
from shared.testing.simulation import Simulation


def rows_of(simulation: Simulation, table: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every row of a table: partition, key, values."""
    for partition, rows in simulation.ports.ledger.tables[table].items():
        for key, stored in rows.items():
            yield partition, key, dict(stored.row.values)


def head_of(simulation: Simulation, file_version_id: str) -> dict[str, Any] | None:
    """What the ledger says of a file version now; None where it knows none."""
    stored = simulation.ports.ledger.tables[LEDGER].get(file_version_id, {}).get(HEAD)
    return dict(stored.row.values) if stored else None


def every_effect_is_audited(simulation: Simulation) -> Iterator[str]:
    """The chains hold from genesis to head, and each end, generation and run has its event."""
    for table in (LEDGER, DATABRICKS_RUNS):
        for partition, rows in simulation.ports.ledger.tables[table].items():
            if HEAD in rows:
                yield from _broken_links(table, partition, rows)
    every_row = (row for table in (LEDGER, DATABRICKS_RUNS) for row in rows_of(simulation, table))
    said = [json.loads(values["event"]) for _, key, values in every_row if key.startswith("audit-")]
    about = {(event["action"], event["object_id"]) for event in said}
    for partition, key, values in rows_of(simulation, LEDGER):
        if key.startswith("generation-"):
            name = f"{partition}-{values['generation']}"
            if not about & {("ingestion_concluded", name), ("generation_raised", name)}:
                yield "a generation ended without an event"
    runs = Counter(
        (event["action"], event["object_id"]) for event in said if event["action"].startswith("databricks_run")
    )
    yield from (f"{action} is told {times} times of one run" for (action, _), times in runs.items() if times > 1)
    requested = {about_run for action, about_run in about if action == "databricks_run_requested"}
    ended = {about_run for action, about_run in about if action == "databricks_run_ended"}
    for run in simulation.ports.jobs.runs.values():
        if run.token not in requested | ended and not _is_attempt(simulation, run.token):
            yield "a run was started that no event asked for"


def _is_attempt(simulation: Simulation, token: str) -> bool:
    return any(key == f"run-{token}" for _, key, _ in rows_of(simulation, DATABRICKS_RUNS))


def _broken_links(table: str, partition: str, rows: dict[str, Stored]) -> Iterator[str]:
    head = genesis(table, partition)
    for key in sorted(key for key in rows if key.startswith("audit-")):
        values = rows[key].row.values
        made = link(head, str(values["event"]))
        if (made.sequence, made.hash) != (values["sequence"], values["hash"]):
            yield f"{table}: the chain breaks at {key}"
        head = ChainHead(made.sequence, made.hash)
    said = rows[HEAD].row.values
    if (head.sequence, head.hash) != (said["chain_sequence"], said["chain_hash"]):
        yield f"{table}: the head is not the chain's end"
