"""What a comparison found: how much was compared, what differs, and the first differences for a person to read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Self

MOST_SHOWN = 20

type Difference = Mapping[str, str]
"""`what` is compared, `where` it is, what the `truth` says and what was `found`."""


@dataclass(slots=True)
class Verdict:
    """Counts by subject, such as `balance_days`: compared and different. `shown` are the first differences."""

    checked: dict[str, int] = field(default_factory=dict)
    mismatches: dict[str, int] = field(default_factory=dict)
    shown: list[Difference] = field(default_factory=list)

    def add(self, subject: str, checked: int, mismatches: int, differences: Iterable[Difference] = ()) -> None:
        """Counts one more comparison of a subject."""
        self.checked[subject] = self.checked.get(subject, 0) + checked
        self.mismatches[subject] = self.mismatches.get(subject, 0) + mismatches
        self._show(differences)

    def include(self, other: Self) -> None:
        """Adds what another verdict found."""
        for subject, checked in other.checked.items():
            self.add(subject, checked, other.mismatches[subject])
        self._show(other.shown)

    def _show(self, differences: Iterable[Difference]) -> None:
        self.shown.extend(islice(differences, MOST_SHOWN - len(self.shown)))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text()))
