"""What a comparison tells a person and a program."""

import json
from pathlib import Path
from typing import Any

from local.verify_truth.periods import tied_out
from local.verify_truth.result import counts_table, difference_table, result_line
from local.verify_truth.verdict import MOST_SHOWN, Verdict

DIFFERENCE = {"what": "balance", "where": "A1", "truth": "1 cents", "found": "2 cents"}


def test_the_last_line_counts_what_was_compared_and_what_differs() -> None:
    verdict = Verdict()
    verdict.add("kpis", 10, 1)
    verdict.add("balance_days", 1_000, 0)
    verdict.add("as_of", 500, 2)
    verdict.add("one_cent_breaks", 24, 1)
    verdict.add("entries", 7, 0)
    assert json.loads(result_line(verdict, 300, 1.25)) == {
        "claims": 300, "kpis_checked": 10, "kpi_mismatches": 1, "balance_days_checked": 1_000, "balance_mismatches": 0,
        "as_of_checked": 500, "as_of_mismatches": 2, "one_cent_breaks_planted": 24, "one_cent_breaks_caught": 23,
        "seconds": 1.2,
    }  # fmt: skip


def test_the_last_line_tells_how_well_patients_were_matched() -> None:
    verdict = Verdict(
        {"patient_pairs_true": 40, "patient_pairs_found": 39, "patient_pairs_right": 39, "patient_match": 2}
    )
    told = json.loads(result_line(verdict, 300, 1.25))
    assert (told["patient_match_precision"], told["patient_match_recall"]) == (1.0, 0.975)


def test_verdicts_add_up_and_show_the_first_differences_only() -> None:
    one, other = Verdict(), Verdict()
    one.add("kpis", 30, 15, [DIFFERENCE] * 15)
    other.add("kpis", 30, 15, [DIFFERENCE] * 15)
    one.include(other)
    assert (one.checked, one.mismatches) == ({"kpis": 60}, {"kpis": 30})
    assert len(one.shown) == MOST_SHOWN


def test_including_a_verdict_makes_no_subject_of_its_own() -> None:
    whole = Verdict()
    whole.include(Verdict())
    assert whole == Verdict()


def test_a_verdict_comes_back_from_its_file(tmp_path: Path) -> None:
    verdict = Verdict({"kpis": 2}, {"kpis": 1}, [DIFFERENCE])
    verdict.write(tmp_path / "verdict.json")
    assert Verdict.read(tmp_path / "verdict.json") == verdict


def test_differences_stand_in_columns() -> None:
    heading, row = difference_table([DIFFERENCE]).splitlines()
    assert heading.index("truth") == row.index("1 cents")
    assert heading.index("found") == row.index("2 cents")
    assert "1,000" in counts_table(Verdict({"kpis": 1_000}, {"kpis": 0}))


def test_a_period_that_does_not_tie_out_tells_each_line_that_fails() -> None:
    lines = [
        {"check": "balanced", "of": "all accounts", "expected": "0.00", "found": "0.01", "holds": False},
        {"check": "trial_balance", "of": "1200", "expected": "1.00", "found": "1.00", "holds": True},
    ]
    period: dict[str, Any] = {"hospital": "hospital_a", "period": "2024-01", "ties_out": False, "tie_out": lines}
    checked, mismatches, differences = tied_out(period)
    assert (checked, mismatches) == (1, 1)
    assert [one["what"] for one in differences] == ["tie-out, balanced of all accounts"]
    assert tied_out({**period, "ties_out": True, "tie_out": lines[1:]}) == (1, 0, [])
