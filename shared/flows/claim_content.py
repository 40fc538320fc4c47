"""Who ingests a content first: a file's second id, by its bytes, its source and its place among the deliveries."""

from hashlib import sha256

from shared.model.commit import CONTENTS, HEAD, LEDGER, Row
from shared.model.ingestion import Ingestion, Outcome, Status
from shared.ports import Ports

CLAIM = "claim"
HOLDS = (Status.ARRIVED, Status.LANDED, Status.HELD)


def claim_content(ports: Ports, ingestion: Ingestion, outcome: Outcome) -> str:
    """Claims the content for this file version and returns the version that holds it: this one, or an earlier twin.

    A twin that was withdrawn, refused or superseded holds nothing: its claim passes on.
    """
    row = Row(CONTENTS, _content_id(outcome), CLAIM, {"file_version_id": ingestion.file_version_id})
    if ports.ledger.insert(row):
        return ingestion.file_version_id
    stored = ports.ledger.get(CONTENTS, row.partition, CLAIM)
    holder = str(stored.values["file_version_id"]) if stored else ingestion.file_version_id
    if stored is None or _still_holds(ports, holder) or not ports.ledger.replace(row, stored.etag):
        return holder
    return ingestion.file_version_id


def _content_id(outcome: Outcome) -> str:
    parts = (outcome.source_id, outcome.content_hash, outcome.as_of, outcome.period)
    return sha256("\x1f".join(parts).encode()).hexdigest()


def _still_holds(ports: Ports, file_version_id: str) -> bool:
    row = ports.ledger.get(LEDGER, file_version_id, HEAD)
    return row is not None and Status(str(row.values["status"])) in HOLDS
