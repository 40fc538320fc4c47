"""How a file ends is told in a row of the ledger, whatever is in the file."""

from collections.abc import Mapping

import pytest

from shared.adapters.table_limits import check_row
from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.commit import HEAD, LEDGER, Row
from shared.model.ingestion import Outcome
from shared.model.violation import Tier
from shared.pipeline.check_file import FileReport, ReasonKey
from shared.pipeline.conclude import MOST_REASONS, Staged, conclude
from shared.pipeline.identify import Identified


def concluded(reasons: Mapping[ReasonKey, int]) -> Outcome:
    source = load_metadata(DEFAULT_PATH).sources["hospital_a__claim"]
    report = FileReport(records_in=9, quarantined=9, reasons=reasons)
    identified = Identified(source.source_id, {"as_of": "2026-01-31"})
    return conclude(source, identified, report, Staged("bronze/x", "quarantine/x", "0" * 64), None, {})


@pytest.mark.parametrize("name", ["x" * 50, "\N{GRINNING FACE}" * 90, "x" * 40_000], ids=["short", "odd", "long"])
def test_reasons_of_names_without_measure_fit_into_a_row_and_the_others_are_told(name: str) -> None:
    reasons = {(Tier.ROW, "type", f"/{name}{number}"): 5 for number in range(2 * MOST_REASONS)}
    outcome = concluded({**reasons, (Tier.ROW, "enum", "/ClaimStatus"): 3, (Tier.ROW, "type", f"/{name}"): 9})
    check_row(Row(LEDGER, "0" * 64, HEAD, outcome.values()))
    assert len(outcome.reasons) <= MOST_REASONS


def test_one_name_without_measure_does_not_hide_the_reasons_after_it() -> None:
    outcome = concluded({(Tier.ROW, "type", "/" + "x" * 50_000): 5, (Tier.ROW, "enum", "/ClaimStatus"): 3})
    assert [(each.rule, each.count) for each in outcome.reasons] == [("enum", 3)]
