"""Codes of a landed file against the editions that have landed."""

import pytest

from shared.model.ingestion import Status
from shared.testing.line import Line

CODES = "code,description,billable\n"
COLUMNS = (
    "TransactionID,EncounterID,PatientID,ProviderID,DeptID,VisitDate,ServiceDate,PaidDate,VisitType,Amount,AmountType,"
    "PaidAmount,ClaimID,PayorID,ProcedureCode,ICDCode,LineOfBusiness,MedicaidID,MedicareID,InsertDate,ModifiedDate\n"
)
BEFORE, SINCE = "2024-09-30", "2024-10-01"


def edition(line: Line, day: str, *codes: str, stamp: str = "") -> str:
    """Lands a whole edition; it is padded so that none is far smaller than the one before."""
    listed = (*codes, "Z00.00", "Z00.01", "Z00.8")
    content = CODES + "".join(f"{code},Title,1\n" for code in listed)
    return line.drop(f"codes/icd10cm/{day}/icd10cm{stamp}.csv", content.encode())


def advisories(line: Line, *cells: tuple[str, str]) -> list[tuple[str, str, int]]:
    """Lands one transaction for each code and its day of service; what was said of them."""
    rows = (
        f"T{number},E1,P1,,,,{day},,Routine,10.00,Co-pay,,,,,{code},Medicare,,,2025-01-01,2025-01-01\n"
        for number, (code, day) in enumerate(cells)
    )
    file_version_id = line.drop("emr/hospital_a/2025-01-02/transactions.csv", (COLUMNS + "".join(rows)).encode())
    line.settle()
    ingestion = line.ingestion(file_version_id)
    assert (ingestion.status, ingestion.outcome.bronze_count) == (Status.LANDED, len(cells))
    return [(each.rule, each.field, each.count) for each in ingestion.outcome.reasons]


def test_a_code_is_looked_for_in_the_edition_of_its_day(line: Line) -> None:
    edition(line, "2023-10-01", "A00.0", "B99")
    edition(line, SINCE, "A00.0", "C50.A0")
    line.settle()
    found = advisories(line, ("B99", BEFORE), ("B99", SINCE), ("C50.A0", BEFORE), ("C50.A0", SINCE), ("", SINCE))
    assert found == [("code_set", "/ICDCode", 2)]


@pytest.mark.parametrize("day", [BEFORE, SINCE])
def test_without_an_edition_nothing_is_judged(line: Line, day: str) -> None:
    assert advisories(line, ("X99.9", day)) == []


def test_a_mended_edition_takes_the_place_of_the_first(line: Line) -> None:
    edition(line, SINCE, "A00.0")
    line.settle()
    edition(line, SINCE, "A00.0", "B99", stamp="_mended")
    line.settle()
    assert advisories(line, ("B99", SINCE), ("C50.A0", SINCE)) == [("code_set", "/ICDCode", 1)]


def test_an_edition_that_was_refused_takes_no_place(line: Line) -> None:
    edition(line, SINCE, "A00.0")
    line.settle()
    refused = line.drop(f"codes/icd10cm/{SINCE}/icd10cm_empty.csv", CODES.encode())
    line.settle()
    assert line.ingestion(refused).status is Status.REFUSED
    assert advisories(line, ("B99", SINCE)) == [("code_set", "/ICDCode", 1)]


def test_an_edition_whose_bytes_are_gone_judges_nothing_and_stops_nothing(line: Line) -> None:
    file_version_id = edition(line, SINCE, "A00.0")
    line.settle()
    container, _, name = line.ingestion(file_version_id).outcome.bronze.partition("/")
    line.ports.files.delete(container, name)
    assert advisories(line, ("X99.9", SINCE)) == []
