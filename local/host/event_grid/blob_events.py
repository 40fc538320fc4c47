"""A blob as the BlobCreated event that Azure Storage would publish, in Event Grid's own schema."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from local.host.protos import TypedData
from local.host.worker import TriggerInput

RESOURCE_GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local"


@dataclass(frozen=True, slots=True)
class FoundBlob:
    """A blob version that the listing shows."""

    account: str
    container: str
    name: str
    etag: str
    url: str
    length: int
    content_type: str
    is_copy: bool
    modified_at: datetime

    @property
    def fingerprint(self) -> bytes:
        """Names this version without saying the name, which may tell of a patient."""
        return sha256(f"{self.account}\n{self.container}\n{self.name}\n{self.etag}".encode()).digest()


def blob_created(blob: FoundBlob, sequence: int) -> dict[str, Any]:
    """The event. `sequence` orders events of one blob, as `sequencer` text of fixed width."""
    event_id = str(uuid.uuid4())
    return {
        "id": event_id,
        "topic": f"{RESOURCE_GROUP}/providers/Microsoft.Storage/storageAccounts/{blob.account}",
        "subject": f"/blobServices/default/containers/{blob.container}/blobs/{blob.name}",
        "eventType": "Microsoft.Storage.BlobCreated",
        "eventTime": blob.modified_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
        "data": {
            "api": "CopyBlob" if blob.is_copy else "PutBlob",
            "clientRequestId": event_id,
            "requestId": event_id,
            "eTag": blob.etag,
            "contentType": blob.content_type,
            "contentLength": blob.length,
            "blobType": "BlockBlob",
            "url": blob.url,
            "sequencer": f"{sequence:040x}",
            "storageDiagnostics": {"batchId": event_id},
        },
        "dataVersion": "",
        "metadataVersion": "1",
    }


def event_input(event_text: str) -> TriggerInput:
    """An event's JSON text as the input of an Event Grid function."""
    return TriggerInput(TypedData(json=event_text))


def event_text(event: dict[str, Any]) -> str:
    return json.dumps(event)
