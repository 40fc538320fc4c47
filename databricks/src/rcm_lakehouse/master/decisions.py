"""What people decided of pairs of patients: the newest word on a pair holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

SAME, DIFFERENT, UNDECIDED = "same", "different", "undecided"
"""One person, two, or back to what the rules say."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on two patients, the smaller id first."""

    decision_id: str
    first: str
    second: str
    verdict: str
    decided_by: str
    decided_at: datetime

    @property
    def ids(self) -> tuple[str, str]:
        return (self.first, self.second)

    @classmethod
    def on(
        cls, one: str, other: str, decision_id: str, verdict: str, decided_by: str, decided_at: datetime
    ) -> "Decision":
        """A decision on two patients named in any order."""
        first, second = sorted((one, other))
        return cls(decision_id, first, second, verdict, decided_by, decided_at)


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """The newest on each pair, whatever order they came in; those that took an earlier one back are left out."""
    newest: dict[tuple[str, str], Decision] = {}
    for one in sorted(decisions, key=lambda one: (one.decided_at, one.decision_id)):
        newest[one.ids] = one
    return [one for one in newest.values() if one.verdict != UNDECIDED and one.first != one.second]
