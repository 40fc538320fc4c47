"""Where in landing a file belongs: the longest end of its own path that a source's pattern matches."""

from collections.abc import Iterable
from pathlib import Path

from shared.model.path_pattern import PathPattern


def landing_path(file: Path, patterns: Iterable[PathPattern]) -> str | None:
    """`emr/hospital_a/2026-01-31/patients.csv` for a file that lies in such folders; None if no pattern fits."""
    known = list(patterns)
    parts = file.resolve().parts[1:]
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((end for end in ends if any(pattern.match(end) is not None for pattern in known)), None)
