"""How good a matching is, by its pairs: what a verdict counts as true, found and right."""

from local.verify_truth.verdict import Verdict

LEAST_PRECISION, LEAST_RECALL = 0.995, 0.95
"""Of the pairs that the lake joins, so many are right; of the true pairs, so many are joined."""


def precision(verdict: Verdict) -> float:
    """The share of joined pairs that are right; 1 where none is joined."""
    return _share(verdict, "found")


def recall(verdict: Verdict) -> float:
    """The share of true pairs that are joined; 1 where there is none."""
    return _share(verdict, "true")


def _share(verdict: Verdict, of: str) -> float:
    whole = verdict.checked.get(f"patient_pairs_{of}", 0)
    return verdict.checked["patient_pairs_right"] / whole if whole else 1.0
