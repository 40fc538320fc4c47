"""Checks that at rest nothing waits, and that nothing comes of it when all that was ever said is said once more."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from shared import telemetry
from shared.flows.take_message import PARKED
from shared.model.commit import DATABRICKS_RUNS, HEAD, LEDGER, REQUESTS, TABLES
from shared.model.file_version import ArrivalHint
from shared.testing.activities import Program
from shared.testing.check_audit import rows_of
from shared.testing.faults import Mode
from shared.testing.newer_program import ONLY_NEXT
from shared.testing.scenario import plain_scenario
from shared.testing.simulation import Simulation

A_MONTH = 30 * 24 * 3600.0
KEPT = ("archive", "bronze", "quarantine", "manifests", "published", "anchors")


def nothing_is_left_to_do(simulation: Simulation) -> Iterator[str]:
    """At rest nothing waits: no ready row, no active run, no open request, no message."""
    for partition, key, values in rows_of(simulation, DATABRICKS_RUNS):
        if key.startswith("ready-"):
            yield "a generation is still ready for a run"
        if key.startswith("stranded-"):
            yield "a group is stranded"
        if key == HEAD and values["active_token"]:
            yield f"a run of {partition} is still active"
        if key.startswith("run-") and values["status"] in ("starting", "running"):
            yield f"a run row still says {values['status']}"
    yield from ("a request is still open" for partition, _, _ in rows_of(simulation, REQUESTS) if partition == "open")
    yield from (f"a message is still on {queue}" for queue, held in simulation.ports.bus.queues.items() if held)


def only_strays_are_put_aside(simulation: Simulation) -> Iterator[str]:
    """What no program can read is parked at once, what none understands yet ends as a dead letter, and nothing else.

    Between two programs a message may run out of tries before it meets the one that understands it, one that always has
    to wait for others loses its lock each time, and all fail while a service is out: a timer sends them again.
    """
    if Mode.FORGOTTEN in simulation.schedule.faults.values():
        return  # a stray may have been lost like any other message
    strays = simulation.outsiders.strays
    parked = {key for partition, key, _ in rows_of(simulation, REQUESTS) if partition == PARKED}
    dead = {held.message_id for queue in simulation.ports.bus.dead_letters.values() for held in queue}
    if parked != {message_id for message_id, stray in strays.items() if stray.end == "parked"}:
        yield "what is parked is not what nobody can read"
    schedule = simulation.schedule
    if dead - strays.keys() and schedule.width == 1 and not (schedule.mixed or schedule.outage):
        yield "a message of ours is a dead letter"
    if {message_id for message_id, stray in strays.items() if stray.end == "dead"} - dead:
        yield "a message that came too early was let go"


def every_request_does_what_was_asked(simulation: Simulation) -> Iterator[str]:
    """Undisturbed, a file asked for when all is done is raised once per request, for the cause that was named."""
    if simulation.schedule.faults or simulation.schedule.scenario != plain_scenario():
        return
    events = [json.loads(values["event"]) for _, key, values in rows_of(simulation, LEDGER) if key.startswith("audit-")]
    causes = [event["details"]["cause"] for event in events if event["action"] == "generation_raised"]
    if causes != [ask.kind for ask in simulation.outsiders.asked]:
        yield f"generations were raised for {causes}"


def saying_it_again_changes_nothing(simulation: Simulation) -> Iterator[str]:
    """A month later every event comes once more, every message and every request."""
    if not simulation.schedule.repeats or not simulation.is_at_rest:
        return
    telemetry.install(simulation.exporter)
    simulation.stop_timers()
    simulation.ports.clock.advance(A_MONTH)
    before, surprises = _standing(simulation), len(simulation.unexpected)
    _say_all_again(simulation)
    simulation.drain()
    yield from simulation.unexpected[surprises:]
    for name, said in _standing(simulation).items():
        if said != before[name]:
            yield f"{name} changed when all was said again"
    telemetry.install(telemetry.LogExporter())


def _say_all_again(simulation: Simulation) -> None:
    program = Program(simulation.ports, is_newer=bool(simulation.schedule.mixed))
    for (queue, message_id), body in list(simulation.ports.bus.sent.items()):
        if message_id not in simulation.outsiders.strays:
            simulation.begin(f"{message_id[:24]} again", partial(program.consume, queue, body, "again"))
    for ask, target in simulation.outsiders.asked.items():
        simulation.begin(f"http {ask.kind} again", partial(program.ask, ask, target))
    for uploaded in simulation.outsiders.uploaded:
        if simulation.ports.ledger.tables[LEDGER].get(uploaded.blob.file_version_id):
            hint = ArrivalHint(uploaded.blob.name, uploaded.blob.etag)
            simulation.begin("register again", partial(program.look, hint))


def _standing(simulation: Simulation) -> dict[str, Any]:
    """All that counts: rows without what only says when somebody looked, the names of kept files, what was begun."""
    ports = simulation.ports
    rows = {
        f"table {table}": {
            (partition, key): stored.row.values.items() - ONLY_NEXT.items()
            for partition, found in ports.ledger.tables[table].items()
            for key, stored in found.items()
        }
        for table in TABLES
    }
    files = {f"container {container}": sorted(ports.files.blobs[container]) for container in KEPT}
    return {**rows, **files, "runs": ports.jobs.started, "files written": ports.files.writes}
