"""A person's word on whether two patients are one."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from shared.model.instant import to_wire


class Verdict(StrEnum):
    """`undecided` takes an earlier word back: the rules say again."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """Two patients, the smaller id first, and what was decided. The note may be empty."""

    patient_id_1: str
    patient_id_2: str
    verdict: Verdict
    decided_by: str
    note: str

    @property
    def digest(self) -> str:
        """Equal for equal words, 64 hex digits."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def record(self, decision_id: str, decided_at: datetime) -> dict[str, str]:
        """The decision as its source's record; an empty note is left out."""
        said = {"decision_id": decision_id, **asdict(self), "decided_at": to_wire(decided_at)}
        return {name: str(value) for name, value in said.items() if value}
