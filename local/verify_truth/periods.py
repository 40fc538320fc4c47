"""What the close says of a period, as it is published."""

from collections.abc import Mapping
from typing import Any

from local.verify_truth.verdict import Difference

type Period = Mapping[str, Any]


def failing_lines(period: Period) -> list[Mapping[str, Any]]:
    """The comparisons of its tie-out that do not hold."""
    return [line for line in period["tie_out"] if not line["holds"]]


def tied_out(period: Period) -> tuple[int, int, list[Difference]]:
    """One period, whether it fails to tie out, and where."""
    where = f"{period['hospital']} {period['period']}"
    return 1, not period["ties_out"], [_difference(where, line) for line in failing_lines(period)]


def _difference(where: str, line: Mapping[str, Any]) -> Difference:
    said = {"truth": str(line["expected"]), "found": str(line["found"])}
    return {"what": f"tie-out, {line['check']} of {line['of']}", "where": where, **said}
