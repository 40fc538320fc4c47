"""Signed months that no longer tie out wake somebody, with every run that says so."""

import json

from shared import telemetry
from shared.model.databricks_run import idempotency_token
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

PATH = "emr/hospital_a/2026-01-31/departments.csv"
DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"


def told_by_a_run_that_warns_of(line: Line, *codes: str) -> str:
    """What telemetry hears of a run whose last task reports warnings."""
    token = idempotency_token("rcm_medallion", [(line.drop(PATH, DEPARTMENTS), 1)], 1)
    warnings = [{"code": code, "count": 2} for code in codes]
    report = json.dumps({"report_version": 1, "task": "publish", "warnings": warnings}).encode()
    line.ports.files.upload("reports", f"rcm_medallion/{token}/publish/part-00000.txt", report)
    heard = RecordingExporter()
    telemetry.install(heard)
    try:
        line.settle()
    finally:
        telemetry.install(telemetry.LogExporter())
    assert token in str(heard.said)
    return "\n".join(one for one in heard.said if "tied_out" in one)


def test_signed_months_that_do_not_tie_out_are_an_alert_with_their_count(line: Line) -> None:
    told = told_by_a_run_that_warns_of(line, "signed_period_not_tied_out", "another")
    assert told.startswith("40 signed_period_not_tied_out")
    assert "'count': 2" in told


def test_a_run_that_warns_of_something_else_is_none(line: Line) -> None:
    assert told_by_a_run_that_warns_of(line, "another") == ""
