"""Codes that mean the same under other names: from what hospitals write to golden codes, as `metadata/crosswalks` says.

What is not in a crosswalk stays unmapped and is counted; nothing is guessed from how codes look.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rcm_lakehouse.errors import MetadataError

CROSSWALK_MEMBER = "gold.crosswalk_member"
CROSSWALK_MEMBER_SCHEMA = "crosswalk string, hospital string, code string, golden_code string, rules_version int"
CROSSWALK_MEMBER_KEY = ["crosswalk", "hospital", "code"]

type Code = tuple[str, str, str]
"""Crosswalk, hospital and the hospital's code."""


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """`named_by`: nouns and their columns that hold such codes. A hospital's own go before those of everywhere."""

    name: str
    version: int
    named_by: Mapping[str, Sequence[str]]
    golden: frozenset[str]
    everywhere: Mapping[str, str]
    of_hospital: Mapping[str, Mapping[str, str]]
    rules_id: str

    def golden_code(self, hospital: str, code: str) -> str | None:
        """The golden code of a hospital's code, None: unmapped. A golden code stands for itself."""
        own = self.of_hospital.get(hospital, {})
        return own.get(code) or self.everywhere.get(code) or (code if code in self.golden else None)


def read_crosswalks(metadata_folder: Path) -> list[Crosswalk]:
    """All of `crosswalks/`; MetadataError where one leads to a code that is none of its golden ones."""
    return [_read(path) for path in sorted((metadata_folder / "crosswalks").glob("*.json"))]


def _read(path: Path) -> Crosswalk:
    said = json.loads(path.read_text(encoding="utf-8"))
    golden = frozenset(said["golden"])
    targets = {code for codes in (said["everywhere"], *said["of_hospital"].values()) for code in codes.values()}
    if targets - golden:
        raise MetadataError(f"crosswalks/{path.name}: {sorted(targets - golden)} is not in golden")
    rules_id = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
    return Crosswalk(
        said["crosswalk"], said["version"], said["named_by"], golden, said["everywhere"], said["of_hospital"], rules_id
    )


def mapped(codes: Iterable[Code], crosswalks: Iterable[Crosswalk]) -> list[tuple[str, str, str, str | None, int]]:
    """CROSSWALK_MEMBER_SCHEMA, sorted: each code that was seen, once."""
    by_name = {one.name: one for one in crosswalks}
    return [
        (name, hospital, code, by_name[name].golden_code(hospital, code), by_name[name].version)
        for name, hospital, code in sorted(set(codes))
        if name in by_name
    ]


def unmapped_counts(rows: Iterable[Sequence[object]]) -> dict[str, int]:
    """`unmapped_<crosswalk>`: how many codes of hospitals have no golden one, where any has not."""
    counts: dict[str, int] = {}
    for name, _, _, golden_code, _ in rows:
        if golden_code is None:
            counts[f"unmapped_{name}"] = counts.get(f"unmapped_{name}", 0) + 1
    return counts
