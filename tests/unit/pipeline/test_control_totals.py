"""What the sender said of a file beside its bytes, against what was counted in it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.ingestion import Status
from shared.model.source import Controls, SourceDefinition
from shared.pipeline.check_file import FileReport
from shared.pipeline.conclude import Staged, conclude
from shared.pipeline.identify import Identified

REPORT = FileReport(records_in=3, bronze=2, quarantined=1, column_totals={"ClaimAmount": Decimal("1234.50")})
DECLARED = Controls("record_count", {"ClaimAmount": "claim_amount_sum"})
RIGHT = {"record_count": "3", "claim_amount_sum": "1234.50"}


@pytest.fixture(scope="module")
def source() -> SourceDefinition:
    return load_metadata(DEFAULT_PATH).sources["hospital_a__claim"]


def ends(source: SourceDefinition, declared: Controls, stated: Mapping[str, str]) -> tuple[Status, str]:
    outcome = conclude(
        replace(source, controls=declared),
        Identified(source.source_id, {"as_of": "2026-01-31"}),
        REPORT,
        Staged("bronze/x", "quarantine/x", "0" * 64),
        last_count=None,
        controls=stated,
    )
    return outcome.status, outcome.reason


@pytest.mark.parametrize("total", ["1234.50", "1234.5", "1.2345E+3", "001234.500"])
def test_a_file_that_agrees_with_its_totals_lands_however_they_are_written(
    source: SourceDefinition, total: str
) -> None:
    assert ends(source, DECLARED, RIGHT | {"claim_amount_sum": total}) == (Status.LANDED, "")


@pytest.mark.parametrize("count", ["2", "4", "three", "", "NaN"])
def test_a_file_with_another_count_of_records_is_refused(source: SourceDefinition, count: str) -> None:
    assert ends(source, DECLARED, RIGHT | {"record_count": count}) == (Status.REFUSED, "control_record_count")


@pytest.mark.parametrize("total", ["1234.51", "-1234.50", "much"])
def test_a_file_that_is_a_cent_off_is_refused(source: SourceDefinition, total: str) -> None:
    assert ends(source, DECLARED, RIGHT | {"claim_amount_sum": total}) == (Status.REFUSED, "control_sum")


def test_totals_that_nobody_stated_are_not_compared(source: SourceDefinition) -> None:
    assert ends(source, DECLARED, {}) == (Status.LANDED, "")
    assert ends(source, DECLARED, {"record_count": "4"}) == (Status.REFUSED, "control_record_count")


@pytest.mark.parametrize("left_out", sorted(RIGHT))
def test_a_file_without_totals_that_it_must_have_is_refused(source: SourceDefinition, left_out: str) -> None:
    stated = {key: value for key, value in RIGHT.items() if key != left_out}
    assert ends(source, replace(DECLARED, required=True), stated) == (Status.REFUSED, "control_missing")
    assert ends(source, replace(DECLARED, required=True), RIGHT) == (Status.LANDED, "")
