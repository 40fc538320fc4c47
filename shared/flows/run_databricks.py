"""run_databricks: what landed becomes a Databricks run of all that is ready, one at a time per job."""

from collections.abc import Mapping

from shared.errors import PermanentError, TransientError
from shared.flows.finish_run import follow_run
from shared.flows.start_run import start_if_due
from shared.model.commit import LEDGER
from shared.model.events import FOLLOW_DUE, INGESTION_LANDED, START_DUE, start_due
from shared.model.ingestion import Ingestion
from shared.model.manifest import Member
from shared.pipeline.group import wake_at
from shared.ports import Ports

KNOWN = (INGESTION_LANDED, START_DUE, FOLLOW_DUE)


def run_databricks(ports: Ports, body: Mapping[str, object]) -> None:
    """Works one message of the queue. A type of another version goes back for retry: a newer program will know it."""
    match body:
        case {"type": t, "file_version_id": str(file_version_id), "generation": int(generation)} if (
            t == INGESTION_LANDED
        ):
            take_ready(ports, file_version_id, generation)
        case {"type": t, "databricks_job": str(databricks_job)} if t == START_DUE:
            start_if_due(ports, databricks_job)
        case {"type": t, "databricks_job": str(job), "token": str(token), "follow_number": int()} if t == FOLLOW_DUE:
            follow_run(ports, job, token)
        case {"type": t} if t not in KNOWN:
            raise TransientError("unknown_message_type")
        case _:
            raise PermanentError("bad_message")


def take_ready(ports: Ports, file_version_id: str, generation: int) -> None:
    """Puts a landed (or withdrawn) generation on its job's ready list, once ever, and sees that somebody looks."""
    row = ports.ledger.get(LEDGER, file_version_id, f"generation-{generation:04d}")
    if row is None:
        raise TransientError("generation_not_committed")
    ingestion = Ingestion.from_row(row)
    job, now = ingestion.outcome.databricks_job, ports.clock.now()
    member = Member.of(ingestion)
    ports.ledger.insert_all([member.asked_row(job, now), member.ready_row(job, now)])
    at = wake_at(now, ports.settings.group_settle)
    ports.sender.send(ports.settings.queue_databricks_run_requests, [start_due(job, at)])
