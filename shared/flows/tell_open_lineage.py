"""A Databricks run told in OpenLineage's events, with the columns that each table's columns are made of."""

from collections.abc import Mapping
from typing import Any

from shared.errors import RequestRefusedError
from shared.flows.read_published import published_document
from shared.flows.report_status import show_run
from shared.pipeline.open_lineage import run_events
from shared.ports import Ports

COLUMNS = "columns.json"


def tell_open_lineage(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """`events` of every task that reported, in the order of their ends. 404 where there is no such run.

    A run whose task `trace` has not ended tells tables only.
    """
    if query.keys() - {"databricks_run", "code"} or "databricks_run" not in query:
        raise RequestRefusedError("start_not_clear", "name databricks_run: its token or Databricks' id")
    run: dict[str, Any] = show_run(ports, query["databricks_run"])
    tasks = {name: {**report, **_times(report, run)} for name, report in run["tasks"].items()}
    columns = _columns(ports, run["token"])
    in_order = sorted(tasks, key=lambda name: (tasks[name]["ended_at"], name))
    told = [run_events(run["databricks_job"], run["token"], name, tasks[name], columns) for name in in_order]
    return {"databricks_run": run["token"], "events": [event for events in told for event in events]}


def _times(report: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, str]:
    """When a task began and ended; of reports that do not say, when the run did."""
    begun, ended = report.get("started_at"), report.get("ended_at")
    return {"started_at": begun or run["requested_at"], "ended_at": ended or run["updated_at"]}


def _columns(ports: Ports, token: str) -> Mapping[str, Any]:
    try:
        return dict(published_document(ports, token, COLUMNS))
    except RequestRefusedError:
        return {}
