"""The files of the twelve accounts of docs/worksheet.md, as deliveries."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from deliveries import Cells, Delivered

FILES = Path(__file__).parents[1] / "fixtures" / "worksheet"
METADATA = Path(__file__).parents[3] / "metadata"
FULL = "hospital_a__account_adjustment"
"""The source that delivers whole extracts here; as shipped it is of new facts. Of one file both say the same."""


def worksheet_metadata(folder: Path) -> Path:
    """The shipped metadata but for the delivery of FULL, below `folder`."""
    copied = Path(shutil.copytree(METADATA, folder / "metadata"))
    source = copied / "sources" / f"{FULL}.json"
    document = json.loads(source.read_text(encoding="utf-8"))
    document["delivery"] |= {"kind": "full", "hold_below_share": 0.5}
    source.write_text(json.dumps(document), encoding="utf-8")
    return copied


def worksheet_deliveries() -> list[Delivered]:
    """All of them, in the order of their names: what came first, and a corrected month of payments."""
    return [_delivered(path) for path in sorted(FILES.glob("*.csv"))]


def said_otherwise() -> list[Delivered]:
    """What changes no figure while the files above stand: a charge told again, accounts as they were before, and an
    older extract of adjustments that comes late: one amount is another, two are not there yet, one was there alone."""
    first = {one.source_id: one.rows for one in worksheet_deliveries()}
    charge = dict(first["hospital_a__charge"][0]) | {"Amount": "1100.00"}
    remittance = dict(first["hospital_a__remittance_claim"][6]) | {"PaidAmount": "0.00"}
    older = {"DepartmentID": "DEPT9", "PrimaryPayerCode": "MEDICARE", "ModifiedDate": "2024-01-01"}
    accounts = [dict(row) | older for row in first["hospital_a__account"][:2]]
    told = {"charge": [charge], "account": accounts, "remittance_claim": [remittance]}
    late = Delivered(FULL, "otherwise", "2024-03-01", _older_extract(first[FULL]), delivered_at="2024-04-15T06:00:00Z")
    return [late, *(Delivered(f"hospital_a__{noun}", "otherwise", "2024-04-15", rows) for noun, rows in told.items())]


def _older_extract(rows: Sequence[Cells]) -> list[Cells]:
    by_id = {row["AdjustmentID"]: dict(row) for row in rows}
    gone = by_id["J07"] | {"AdjustmentID": "J99", "AccountID": "W04", "Amount": "5.00"}
    return [by_id["J02"] | {"Amount": "400.00"}, by_id["J05"], by_id["J07"], gone]


def _delivered(path: Path) -> Delivered:
    """A file; its name is source, then period, then `corrected`."""
    source_id, period, corrected = [*path.stem.split("."), "", ""][:3]
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return Delivered(source_id, path.stem, "2024-04-15" if corrected else "2024-03-31", rows, period=period or None)
