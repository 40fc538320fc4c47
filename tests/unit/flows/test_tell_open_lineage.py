"""A Databricks run in OpenLineage's words, against its schema (tests/fixtures/open_lineage)."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.errors import RequestRefusedError
from shared.flows.tell_open_lineage import tell_open_lineage
from shared.model.commit import DATABRICKS_RUNS, Row
from shared.pipeline.report import read_report
from shared.testing.fake_ports import FakePorts
from shared.testing.line import Line

SCHEMA = Path(__file__).parents[2] / "fixtures" / "open_lineage" / "events.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=Draft202012Validator.FORMAT_CHECKER)
BEGUN, ENDED = "2026-03-01T12:00:00.000000Z", "2026-03-01T12:00:30.000000Z"
PATH = "emr/hospital_a/2026-01-31/departments.csv"
COLUMNS = {
    "gold.kpi": {
        "numerator": [["gold.ledger_line", "amount", "AGGREGATION"], ["gold.ledger_line", "posting_date", "FILTER"]],
        "denominator": [["silver.claim", "billed_amount", "AGGREGATION"]],
    }
}


def table(name: str) -> dict[str, object]:
    return {"table": name, "version_before": 3, "version_after": 4, "rows_in": 1, "rows_out": 1}


def report(task: str, *edges: tuple[str, str], **more: object) -> dict[str, object]:
    lineage = [{"input": source, "output": target} for source, target in edges]
    tables = [table(edge[1]) for edge in edges]
    return {"report_version": 1, "task": task, "tables": tables, "lineage": lineage, **more}


@pytest.fixture
def told(line: Line, ports: FakePorts) -> list[dict[str, Any]]:
    """The events of a run whose tasks reported; the trace of columns was published."""
    line.drop(PATH, b"DeptID,Name\nDEPT001,Cardiology\n")
    line.settle()
    token = next(iter(ports.jobs.tokens))
    times = {"started_at": BEGUN, "ended_at": ENDED}
    ledger = report("ledger", ("silver.charge", "gold.ledger_line"), **times)
    gold = report("gold", ("gold.ledger_line", "gold.kpi"), **times | {"ended_at": "2026-03-01T12:00:31.000000Z"})
    for one in (gold, ledger):
        said = read_report(json.dumps(one))
        assert said is not None
        ports.ledger.put(Row(DATABRICKS_RUNS, "rcm_medallion", f"report-{token}-{said.task}", said.values()))
    ports.files.upload("published", f"{token}/columns.json/part-0.txt", json.dumps(COLUMNS).encode())
    answer: Any = tell_open_lineage(ports, {"databricks_run": token})
    return list(answer["events"])


def test_every_event_satisfies_the_published_schema(told: list[dict[str, Any]]) -> None:
    assert [list(VALIDATOR.iter_errors(event)) for event in told] == [[], [], [], []]


@pytest.mark.parametrize("field", ["producer", "eventTime", "run"])
def test_the_schema_tells_an_event_that_lacks_something(told: list[dict[str, Any]], field: str) -> None:
    lacking = copy.deepcopy(told[-1])
    del lacking[field]
    assert list(VALIDATOR.iter_errors(lacking))


def test_a_task_starts_and_completes_as_one_run_below_that_of_the_job(told: list[dict[str, Any]]) -> None:
    assert [(event["job"]["name"], event["eventType"]) for event in told] == [
        ("rcm_medallion.ledger", "START"), ("rcm_medallion.ledger", "COMPLETE"),
        ("rcm_medallion.gold", "START"), ("rcm_medallion.gold", "COMPLETE"),
    ]  # fmt: skip
    assert [event["eventTime"] for event in told[:2]] == [BEGUN, ENDED]
    assert told[0]["run"] == told[1]["run"] != told[2]["run"]
    assert len({event["run"]["facets"]["parent"]["run"]["runId"] for event in told}) == 1


def test_a_column_is_told_with_what_it_is_made_of_among_the_tables_that_were_read(told: list[dict[str, Any]]) -> None:
    (kpi,) = told[-1]["outputs"]
    assert (kpi["name"], kpi["facets"]["version"]["datasetVersion"]) == ("gold.kpi", "4")
    fields = kpi["facets"]["columnLineage"]["fields"]
    assert list(fields) == ["numerator"]
    assert [(one["name"], one["field"], one["transformations"]) for one in fields["numerator"]["inputFields"]] == [
        ("gold.ledger_line", "amount", [{"type": "DIRECT", "subtype": "AGGREGATION"}]),
        ("gold.ledger_line", "posting_date", [{"type": "INDIRECT", "subtype": "FILTER"}]),
    ]


def test_an_unknown_run_is_not_found(ports: FakePorts) -> None:
    with pytest.raises(RequestRefusedError, match="unknown_databricks_run"):
        tell_open_lineage(ports, {"databricks_run": "f" * 64})
    with pytest.raises(RequestRefusedError, match="start_not_clear"):
        tell_open_lineage(ports, {})
