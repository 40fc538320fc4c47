"""The totals that a sender states, told by a reader of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from local.supervisor.service import REPOSITORY
from local.verify_truth.control_totals import control_totals
from shared.metadata import load_metadata
from shared.model.source import Controls, SourceDefinition

TOLD = "ChargeID,Amount\nC1,0.10\nC2,-0.30\nC3,not an amount\n"


@pytest.fixture(scope="module")
def source() -> SourceDefinition:
    return load_metadata(REPOSITORY / "metadata").sources["hospital_a__charge"]


def test_records_are_counted_and_amounts_added_up_exactly(source: SourceDefinition, tmp_path: Path) -> None:
    (tmp_path / "charges.csv").write_text(TOLD)
    assert control_totals(tmp_path / "charges.csv", source) == {"record_count": "3", "sum_amount": "-0.20"}


def test_a_column_under_a_header_of_the_payer_s_own_is_added_up(source: SourceDefinition, tmp_path: Path) -> None:
    (tmp_path / "charges.csv").write_text(TOLD.replace("Amount", "Sum"))
    aliased = replace(source, format=replace(source.format, aliases={"Sum": "Amount"}))
    assert control_totals(tmp_path / "charges.csv", aliased)["sum_amount"] == "-0.20"


def test_nothing_is_stated_where_nothing_is_declared(source: SourceDefinition, tmp_path: Path) -> None:
    assert control_totals(tmp_path / "none.csv", replace(source, controls=Controls())) == {}
