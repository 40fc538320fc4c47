"""What the tasks of a run reported is committed with its end, whatever they left behind."""

import json

from shared.flows.report_status import show_run
from shared.model.databricks_run import idempotency_token
from shared.testing.line import Line

PATH = "emr/hospital_a/2026-01-31/departments.csv"
DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"


def test_of_a_task_that_ran_twice_the_last_word_counts(line: Line) -> None:
    token = idempotency_token("rcm_medallion", [(line.drop(PATH, DEPARTMENTS), 1)], 1)
    for part, count in (("part-1-first.txt", 1), ("part-0-second.txt", 2)):
        warnings = [{"code": "unmapped_payer", "count": count}]
        report = json.dumps({"report_version": 1, "task": "master", "warnings": warnings}).encode()
        line.ports.files.upload("reports", f"rcm_medallion/{token}/master/{part}", report)
        line.ports.clock.advance(2)
    line.ports.files.upload("reports", f"rcm_medallion/{token}/master/_committed_4711", b'{"added": [], "removed": []}')
    line.settle()
    said = show_run(line.ports, token)
    assert said["status"] == "succeeded"
    assert said["tasks"]["master"]["warnings"] == [{"code": "unmapped_payer", "count": 2}]  # type: ignore[index]
