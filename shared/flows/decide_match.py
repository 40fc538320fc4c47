"""decide_match: a person says whether two patients are one; the word goes to landing like every other record."""

from datetime import datetime

from shared import telemetry
from shared.errors import ConfigurationError, RequestRefusedError, TransientError
from shared.model.commit import REQUESTS, Row
from shared.model.file_version import LANDING
from shared.model.instant import from_wire, to_wire
from shared.model.match_decision import MatchDecision
from shared.model.request import KEYS, request_id
from shared.model.source import SourceDefinition
from shared.pipeline.name_file import name_file
from shared.pipeline.read_decision import read_decision
from shared.pipeline.read_request import check_headers
from shared.pipeline.write_records import write_records
from shared.ports import Ports

NOUN = "match_decision"


def decide_match(ports: Ports, body: bytes, content_type: str, caller: str, idempotency_key: str) -> dict[str, object]:
    """Answers `decision_id` once the word is durable; the same key again answers the same and writes nothing more.

    It counts with the next Databricks run that takes the file in. RequestRefusedError: 422 where the key stood for
    other words, 404 where no source takes decisions.
    """
    check_headers(content_type, idempotency_key)
    source, decision = _source(ports), read_decision(body)
    decision_id = request_id(caller, idempotency_key or ports.ids.attempt_id())
    decided_at = _first_said(ports, decision_id, decision)
    path = name_file(source.path_pattern, decided_at.date(), decision_id)
    if ports.files.create(LANDING, path, write_records(source, [decision.record(decision_id, decided_at)])):
        telemetry.event("match_decided", request_id=decision_id)
    return {
        "decision_id": decision_id,
        "verdict": decision.verdict.value,
        "decided_at": to_wire(decided_at),
        "status_url": f"/api/ingestions?source_id={source.source_id}",
    }


def _source(ports: Ports) -> SourceDefinition:
    found = [source for source in ports.metadata.sources.values() if source.silver.noun == NOUN]
    if not found:
        raise RequestRefusedError("no_source_of_decisions", "no source takes decisions on patients", 404)
    if len(found) > 1:
        raise ConfigurationError("two_sources_of_decisions", "one source takes decisions on patients")
    return found[0]


def _first_said(ports: Ports, decision_id: str, decision: MatchDecision) -> datetime:
    """When the decision was first said under its key: its file is named and dated by that, whoever repeats it."""
    said = {"said": decision.digest, "accepted_at": to_wire(ports.clock.now())}
    ports.ledger.insert(Row(REQUESTS, KEYS, decision_id, said))
    known = ports.ledger.get(REQUESTS, KEYS, decision_id)
    if known is None:
        raise TransientError("request_not_written")
    if known.values["said"] != decision.digest:
        raise RequestRefusedError("idempotency_key_reused", "the key stood for another request", 422)
    return from_wire(str(known.values["accepted_at"]))
