"""What a task of a Databricks run did, as OpenLineage's run events: when, from which tables into which, by column."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

NAMESPACE = "lakehouse"
PRODUCER = "urn:rcm-ingestion"
SPEC = "https://openlineage.io/spec"
RUN_EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = {
    "parent": f"{SPEC}/facets/1-1-0/ParentRunFacet.json#/$defs/ParentRunFacet",
    "version": f"{SPEC}/facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet",
    "columnLineage": f"{SPEC}/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet",
}
DIRECT = ("IDENTITY", "TRANSFORMATION", "AGGREGATION")
"""Ways in which a column's value comes in; any other only decides which values do."""

type Columns = Mapping[str, Mapping[str, Iterable[tuple[str, str, str]]]]
"""Table, column: [table, column, way] of what it is made of."""
type Event = dict[str, object]


def run_events(databricks_job: str, token: str, task: str, report: Mapping[str, Any], columns: Columns) -> list[Event]:
    """A START and a COMPLETE of one task. The run's id follows from token and task: it is the same each time."""
    start = {
        "producer": PRODUCER,
        "schemaURL": RUN_EVENT,
        "run": {"runId": _run_id(token, task), "facets": {"parent": _parent(databricks_job, token)}},
        "job": {"namespace": NAMESPACE, "name": f"{databricks_job}.{task}"},
    }
    inputs = sorted({edge["input"] for edge in report["lineage"]})
    outputs = sorted({edge["output"] for edge in report["lineage"]})
    versions = {table["table"]: table["version_after"] for table in report["tables"]}
    return [
        {**start, "eventType": "START", "eventTime": report["started_at"], "inputs": [], "outputs": []},
        {
            **start,
            "eventType": "COMPLETE",
            "eventTime": report["ended_at"],
            "inputs": [_dataset(name) for name in inputs],
            "outputs": [_output(name, inputs, versions.get(name), columns.get(name, {})) for name in outputs],
        },
    ]


def _run_id(*of: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{PRODUCER}:{':'.join(of)}"))


def _parent(databricks_job: str, token: str) -> Event:
    job = {"namespace": NAMESPACE, "name": databricks_job}
    return _facet("parent", run={"runId": _run_id(token)}, job=job)


def _output(name: str, inputs: Iterable[str], version: int | None, columns: Mapping[str, Any]) -> Event:
    facets = {} if version is None else {"version": _facet("version", datasetVersion=str(version))}
    told = {column: [one for one in made_of if one[0] in inputs] for column, made_of in columns.items()}
    fields = {column: {"inputFields": [_field(*one) for one in made_of]} for column, made_of in told.items() if made_of}
    if fields:
        facets["columnLineage"] = _facet("columnLineage", fields=fields)
    return {**_dataset(name), "facets": facets}


def _field(table: str, column: str, way: str) -> Event:
    kind = "DIRECT" if way in DIRECT else "INDIRECT"
    return {**_dataset(table), "field": column, "transformations": [{"type": kind, "subtype": way}]}


def _dataset(name: str) -> Event:
    return {"namespace": NAMESPACE, "name": name}


def _facet(name: str, **said: object) -> Event:
    return {"_producer": PRODUCER, "_schemaURL": FACETS[name], **said}
