"""Lineage up and down: from a file version to the tables its rows went to, and from a table to what it is made of."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from shared.errors import RequestRefusedError
from shared.flows.report_status import list_runs, show_ingestion
from shared.model.commit import DATABRICKS_RUNS
from shared.model.lineage import table_dataset
from shared.pipeline.walk import walk
from shared.ports import Ports

Edge = tuple[str, str]


def trace(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """Down from `file_version_id` or up from `table`; RequestRefusedError where not exactly one is given."""
    if ("file_version_id" in query) == ("table" in query):
        raise RequestRefusedError("start_not_clear", "name file_version_id or table")
    if "table" in query:
        return trace_up(ports, query["table"])
    return trace_down(ports, query["file_version_id"])


def trace_down(ports: Ports, file_version_id: str) -> dict[str, object]:
    """From landing through bronze into every table that the runs of this file version wrote from its source."""
    story: Mapping[str, Any] = show_ingestion(ports, file_version_id)
    edges = [(edge["input_dataset"], edge["output_dataset"]) for edge in story["lineage"]]
    bronze = f"bronze.{story['source_id']}"
    loaded = [(edge[1], table_dataset(bronze)) for edge in edges if edge[1].startswith("bronze:")]
    onward = walk(_table_edges(ports, story["databricks_runs"]), table_dataset(bronze), downwards=True)
    return {"start": f"landing:{file_version_id}", "edges": _shown([*edges, *loaded, *onward])}


def trace_up(ports: Ports, table: str) -> dict[str, object]:
    """Everything that a table is made of, by the latest runs that wrote it."""
    runs: Any = list_runs(ports)["databricks_runs"]
    edges = walk(_table_edges(ports, runs), table_dataset(table), downwards=False)
    if not edges:
        raise RequestRefusedError("unknown_table", status=404)
    return {"start": table_dataset(table), "edges": _shown(edges)}


def _table_edges(ports: Ports, runs: Iterable[Mapping[str, Any]]) -> list[Edge]:
    """The edges between tables that the tasks of some runs reported."""
    found: dict[Edge, None] = {}
    for run in runs:
        key = f"report-{run['token']}-"
        for row in ports.ledger.scan(DATABRICKS_RUNS, run["databricks_job"], key, f"{key}~"):
            for edge in json.loads(str(row.values.get("lineage") or "[]")):
                found[table_dataset(edge["input"]), table_dataset(edge["output"])] = None
    return list(found)


def _shown(edges: Iterable[Edge]) -> list[dict[str, str]]:
    return [{"input": edge[0], "output": edge[1]} for edge in dict.fromkeys(edges)]
