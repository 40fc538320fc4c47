"""Messages between the steps: ids only, versioned, and with the same MessageId however often they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

type Body = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Message:
    """What travels on Service Bus. `not_before` schedules it; `traceparent` is W3C trace context."""

    message_id: str
    body: Body
    not_before: datetime | None = None
    traceparent: str | None = None


INGESTION_REQUESTED = "ingestion.requested.v1"
INGESTION_LANDED = "ingestion.landed.v1"
START_DUE = "databricks_run.start_due.v1"
FOLLOW_DUE = "databricks_run.follow_due.v1"


def ingestion_requested(file_version_id: str, generation: int, traceparent: str | None = None) -> Message:
    """Asks `ingest` to work one generation of a file version."""
    body: Body = {"type": INGESTION_REQUESTED, "file_version_id": file_version_id, "generation": generation}
    return Message(f"requested-{file_version_id}-{generation}", body, traceparent=traceparent)


def ingestion_landed(file_version_id: str, generation: int, traceparent: str | None = None) -> Message:
    """Tells `run_databricks` that a generation has records (or has withdrawn them)."""
    body: Body = {"type": INGESTION_LANDED, "file_version_id": file_version_id, "generation": generation}
    return Message(f"landed-{file_version_id}-{generation}", body, traceparent=traceparent)


def start_due(databricks_job: str, at: datetime) -> Message:
    """Wakes `run_databricks` to look whether a group is due; one a second and job is enough."""
    body: Body = {"type": START_DUE, "databricks_job": databricks_job}
    return Message(f"start-{databricks_job}-{int(at.timestamp())}", body, not_before=at)


def follow_due(databricks_job: str, token: str, number: int, at: datetime, traceparent: str | None = None) -> Message:
    """Wakes `run_databricks` to look how a run stands; looks of one number are one."""
    body: Body = {"type": FOLLOW_DUE, "databricks_job": databricks_job, "token": token, "follow_number": number}
    return Message(f"follow-{token}-{number}", body, not_before=at, traceparent=traceparent)


REPROCESS_REQUESTED = "reprocess.requested.v1"


def reprocess_requested(day: str, request_id: str, offset: int) -> Message:
    """Asks for the targets of an accepted request from `offset` on to be raised."""
    body: Body = {"type": REPROCESS_REQUESTED, "day": day, "request_id": request_id, "offset": offset}
    return Message(f"reprocess-{request_id}-{offset}", body)
