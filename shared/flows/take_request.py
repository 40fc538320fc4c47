"""Takes a reprocess or withdraw request from HTTP: reads it, counts it or accepts it, and says where to look next."""

from itertools import islice

from shared.flows.find_targets import find_targets
from shared.flows.reprocess import accept
from shared.model.request import RequestKind
from shared.pipeline.read_request import check_headers, read_request
from shared.ports import Ports

SHOWN_TARGETS = 100
COUNTED_TARGETS = 10_000


def take_request(
    ports: Ports, kind: str, body: bytes, content_type: str, caller: str, idempotency_key: str
) -> dict[str, object]:
    """The answer: `request_id` and `status_url`, or what a dry run would touch. Raises RequestRefusedError."""
    check_headers(content_type, idempotency_key)
    selection, is_dry_run = read_request(body)
    if is_dry_run:
        targets = [target.file_version_id for target in islice(find_targets(ports, selection), COUNTED_TARGETS)]
        return {"dry_run": True, "targets": len(targets), "file_version_ids": targets[:SHOWN_TARGETS]}
    request = accept(ports, RequestKind(kind), selection, caller, idempotency_key or ports.ids.attempt_id())
    return {"request_id": request.request_id, "status_url": f"/api/requests/{request.request_id}"}
