"""Takes a folder laid out like the public two-hospital data and says where in landing each file belongs."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

FOLDERS = {
    **{
        f"EMR/hospital-{letter}/{noun}.csv": f"emr/hospital_{letter}/{{day}}/{noun}.csv"
        for letter in "ab"
        for noun in ("patients", "encounters", "transactions", "providers", "departments")
    },
    "claims/hospital1_claim_data.csv": "claims/hospital_a/{day}/claims.csv",
    "claims/hospital2_claim_data.csv": "claims/hospital_b/{day}/claims.csv",
    "cptcodes/cptcodes.csv": "codes/cpt/{day}/cptcodes.csv",
}


class UnknownLayoutError(Exception):
    """The folder holds nothing in a place where the layout has a file."""


def landing_paths(folder: Path, day: date) -> Iterator[tuple[Path, str]]:
    """Each file of the folder that the layout knows, with its landing path, as extracted on `day`."""
    found = [(folder / place, path.format(day=day.isoformat())) for place, path in FOLDERS.items()]
    present = [(file, path) for file, path in found if file.is_file()]
    if not present:
        raise UnknownLayoutError(f"expected files such as {', '.join(sorted(FOLDERS)[:3])}")
    yield from present
