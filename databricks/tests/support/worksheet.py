"""The files of the twelve accounts of docs/worksheet.md, as deliveries."""

import csv
from pathlib import Path

from deliveries import Delivered

FILES = Path(__file__).parents[1] / "fixtures" / "worksheet"


def worksheet_deliveries() -> list[Delivered]:
    """All of them, in the order of their names: what came first, and a corrected month of payments."""
    return [_delivered(path) for path in sorted(FILES.glob("*.csv"))]


def said_otherwise() -> list[Delivered]:
    """What changes no figure while the files above stand: a charge told again, accounts as they were before."""
    first = {one.source_id: one.rows for one in worksheet_deliveries()}
    charge = dict(first["hospital_a__charge"][0]) | {"Amount": "1100.00"}
    remittance = dict(first["hospital_a__remittance_claim"][6]) | {"PaidAmount": "0.00"}
    older = {"DepartmentID": "DEPT9", "PrimaryPayerCode": "MEDICARE", "ModifiedDate": "2024-01-01"}
    accounts = [dict(row) | older for row in first["hospital_a__account"][:2]]
    told = {"charge": [charge], "account": accounts, "remittance_claim": [remittance]}
    return [Delivered(f"hospital_a__{noun}", "otherwise", "2024-04-15", rows) for noun, rows in told.items()]


def _delivered(path: Path) -> Delivered:
    """A file; its name is source, then period, then `corrected`."""
    source_id, period, corrected = [*path.stem.split("."), "", ""][:3]
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return Delivered(source_id, path.stem, "2024-04-15" if corrected else "2024-03-31", rows, period=period or None)
