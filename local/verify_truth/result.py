"""What a person and a program read at the end: the first differences as a table, and one line of JSON."""

import json
from collections.abc import Sequence

from local.verify_truth.pairs import precision, recall
from local.verify_truth.verdict import Difference, Verdict

COLUMNS = ("what", "where", "truth", "found")


def difference_table(differences: Sequence[Difference]) -> str:
    """The differences in columns; a sentence where there are none."""
    if not differences:
        return "No difference between truth and lake."
    rows = [COLUMNS, *(tuple(one[column] for column in COLUMNS) for one in differences)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def counts_table(verdict: Verdict) -> str:
    """What was compared, how much of it, how much differed."""
    return "\n".join(
        f"{subject:<16}{checked:>16,} compared{verdict.mismatches[subject]:>14,} differ"
        for subject, checked in verdict.checked.items()
    )


def result_line(verdict: Verdict, claims: int, seconds: float) -> str:
    """The line that programs read."""
    said: dict[str, int | float] = {"claims": claims}
    for subject, name in (("kpis", "kpi"), ("balance_days", "balance"), ("as_of", "as_of")):
        said[f"{subject}_checked"] = verdict.checked.get(subject, 0)
        said[f"{name}_mismatches"] = verdict.mismatches.get(subject, 0)
    said["one_cent_breaks_planted"] = verdict.checked.get("one_cent_breaks", 0)
    said["one_cent_breaks_caught"] = said["one_cent_breaks_planted"] - verdict.mismatches.get("one_cent_breaks", 0)
    if "patient_match" in verdict.checked:
        said["patient_match_precision"] = round(precision(verdict), 4)
        said["patient_match_recall"] = round(recall(verdict), 4)
    return json.dumps({**said, "seconds": round(seconds, 1)})
