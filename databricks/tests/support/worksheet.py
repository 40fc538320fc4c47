"""The files of the twelve accounts of docs/worksheet.md, as deliveries."""

import csv
from pathlib import Path

from deliveries import Delivered

FILES = Path(__file__).parents[1] / "fixtures" / "worksheet"


def worksheet_deliveries() -> list[Delivered]:
    """All of them, in the order of their names: what came first, and a corrected month of payments."""
    return [_delivered(path) for path in sorted(FILES.glob("*.csv"))]


def _delivered(path: Path) -> Delivered:
    """A file; its name is source, then period, then `corrected`."""
    source_id, period, corrected = [*path.stem.split("."), "", ""][:3]
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return Delivered(source_id, path.stem, "2024-04-15" if corrected else "2024-03-31", rows, period=period or None)
