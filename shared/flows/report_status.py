"""report_status: one ingestion's whole story, one run, the sources, the published KPIs. Read only."""

import json
import re
from collections.abc import Mapping
from typing import Any

from shared.errors import RequestRefusedError
from shared.flows.commit_run import recorded_run
from shared.flows.launch_run import taken_key
from shared.flows.stranded_groups import stranded_groups
from shared.model.commit import DATABRICKS_RUNS, HEAD, LEDGER, REQUESTS, StoredRow
from shared.model.databricks_run import DatabricksRun
from shared.model.ingestion import Ingestion
from shared.model.request import KEYS, Request
from shared.model.source import SourceDefinition
from shared.ports import Ports

INGESTION_ID = re.compile(r"([0-9a-f]{64})(?:-(\d{1,6}))?")
TOKEN = re.compile(r"[0-9a-f]{64}")


def show_ingestion(ports: Ports, ingestion_id: str) -> dict[str, object]:
    """Status, generations, audit, lineage and runs of a file version. 400 for an odd id, 404 for an unknown one."""
    match = INGESTION_ID.fullmatch(ingestion_id)
    if not match:
        raise RequestRefusedError("bad_ingestion_id", "64 hex digits, or those with -<generation>")
    rows = list(ports.ledger.scan(LEDGER, match[1]))
    head = next((row for row in rows if row.key == HEAD), None)
    if head is None:
        raise RequestRefusedError("unknown_ingestion", status=404)
    generations = [_generation(row) for row in rows if row.key.startswith("generation-")]
    return {
        **_summary(Ingestion.from_row(head)),
        "generations": [item for item in generations if not match[2] or item["generation"] == int(match[2])],
        "audit": [json.loads(str(row.values["event"])) for row in rows if row.key.startswith("audit-")],
        "lineage": [dict(row.values) for row in rows if row.key.startswith("lineage-")],
        "databricks_runs": _runs_of(ports, Ingestion.from_row(head)),
    }


def _generation(row: StoredRow) -> dict[str, object]:
    return _summary(Ingestion.from_row(row))


def _summary(ingestion: Ingestion) -> dict[str, object]:
    outcome = ingestion.outcome
    return {
        "ingestion_id": ingestion.ingestion_id,
        "file_version_id": ingestion.file_version_id,
        "generation": ingestion.generation,
        "cause": ingestion.cause.value,
        "path": ingestion.path,
        "length": ingestion.length,
        "source_id": outcome.source_id,
        "status": outcome.status.value,
        "reason": outcome.reason,
        "records_in": outcome.records_in,
        "bronze": outcome.bronze_count,
        "quarantined": outcome.quarantined_count,
        "advisory": outcome.advisory_count,
        "bronze_file": outcome.bronze,
        "quarantine_file": outcome.quarantine,
        "content_hash": outcome.content_hash,
        "reasons": [{"tier": r.tier, "rule": r.rule, "field": r.field, "count": r.count} for r in outcome.reasons],
        "arrived_at": f"{ingestion.arrived_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "updated_at": f"{ingestion.updated_at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }


def _runs_of(ports: Ports, ingestion: Ingestion) -> list[dict[str, object]]:
    """The runs (one, or a retried one's attempts) that took the current generation."""
    databricks_job = ingestion.outcome.databricks_job
    if not databricks_job:
        return []
    taken = ports.ledger.get(
        DATABRICKS_RUNS, databricks_job, taken_key(ingestion.file_version_id, ingestion.generation)
    )
    if taken is None:
        return []
    rows = ports.ledger.scan(DATABRICKS_RUNS, databricks_job, "run-", "run-~")
    return [_run(DatabricksRun.from_row(row)) for row in rows if row.values["manifest"] == taken.values["manifest"]]


def show_run(ports: Ports, token: str) -> dict[str, object]:
    """A run with its reports. The token is ours; a number is the id that Databricks gave."""
    for databricks_job in ports.settings.databricks_jobs:
        run = _find_run(ports, databricks_job, token)
        if run:
            rows = ports.ledger.scan(DATABRICKS_RUNS, databricks_job, f"report-{run.token}-", f"report-{run.token}-~")
            return {**_run(run), "tasks": {str(row.values["task"]): _report(row.values) for row in rows}}
    raise RequestRefusedError("unknown_databricks_run", status=404)


def _find_run(ports: Ports, databricks_job: str, token: str) -> DatabricksRun | None:
    if TOKEN.fullmatch(token):
        return recorded_run(ports, databricks_job, token)
    rows = ports.ledger.scan(DATABRICKS_RUNS, databricks_job, "run-", "run-~")
    return next((DatabricksRun.from_row(row) for row in rows if row.values["databricks_run_id"] == token), None)


def list_runs(ports: Ports) -> dict[str, object]:
    """All runs of all jobs, latest first; how many generations wait for the next, and the tokens of those whose group
    is stranded."""
    jobs = ports.settings.databricks_jobs
    rows = (row for job in jobs for row in ports.ledger.scan(DATABRICKS_RUNS, job, "run-", "run-~"))
    runs = sorted((DatabricksRun.from_row(row) for row in rows), key=lambda run: run.requested_at, reverse=True)
    waiting = sum(1 for job in jobs for _ in ports.ledger.scan(DATABRICKS_RUNS, job, "ready-", "ready-~"))
    stranded = [group.token for job in jobs for group, _ in stranded_groups(ports, job)]
    return {"databricks_runs": [_run(run) for run in runs], "waiting": waiting, "stranded": stranded}


def _run(run: DatabricksRun) -> dict[str, object]:
    return {
        "databricks_job": run.databricks_job,
        "token": run.token,
        "databricks_run_id": run.databricks_run_id,
        "status": run.status.value,
        "reason": run.reason,
        "run_attempt": run.run_attempt,
        "members": run.member_count,
        "requested_at": f"{run.requested_at:%Y-%m-%dT%H:%M:%S.%fZ}",
        "updated_at": f"{run.updated_at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }


def _report(values: Mapping[str, Any]) -> dict[str, object]:
    return {name: json.loads(text or "[]") for name, text in values.items() if name != "task"}


def list_sources(ports: Ports) -> dict[str, object]:
    """What the metadata says of each source."""
    return {"sources": [_source(source) for source in ports.metadata.sources.values()]}


def _source(source: SourceDefinition) -> dict[str, object]:
    return {
        "source_id": source.source_id,
        "title": source.title,
        "path_pattern": source.path_pattern.text,
        "format": source.format.kind,
        "delivery": source.delivery.kind.value,
        "keys": list(source.keys),
        "noun": source.silver.noun,
        "databricks_job": source.databricks_job,
    }


def show_request(ports: Ports, name: str) -> dict[str, object]:
    """How far a reprocess or withdraw request has come. 404 for what is none: decisions on patients have keys too."""
    key = ports.ledger.get(REQUESTS, KEYS, name) if re.fullmatch(r"[0-9a-f]{32}", name) else None
    row = ports.ledger.get(REQUESTS, str(key.values["accepted_at"])[:10], name) if key else None
    if row is None:
        raise RequestRefusedError("unknown_request", status=404)
    return describe_request(Request.from_row(row))


def describe_request(request: Request) -> dict[str, object]:
    """A request as answered to its caller."""
    return {
        "request_id": request.request_id,
        "kind": request.kind.value,
        "status": "done" if request.is_done else "accepted",
        "targets": request.target_count,
        "raised": request.raised_count,
        "accepted_at": f"{request.accepted_at:%Y-%m-%dT%H:%M:%S.%fZ}",
    }
