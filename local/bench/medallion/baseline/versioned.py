"""How the notebooks keep history: one MERGE closes what differs, a second one inserts what has no current row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local.bench.medallion.baseline.place import Place


@dataclass(frozen=True, slots=True)
class Versioned:
    """A silver table with history. `columns` are names and types, the first the key; `stamps` are when a row was

    written, when closed, and whether it is current: named otherwise in nearly every notebook. All columns but the key
    are compared, the source's own modified date among them."""

    name: str
    columns: Mapping[str, str]
    stamps: tuple[str, str, str]
    first_merge_inserts: bool = False

    def create(self, place: Place) -> str:
        inserted, modified, current = self.stamps
        named = {**self.columns, inserted: "timestamp", modified: "timestamp", current: "boolean"}
        listed = ", ".join(f"{name} {kind}" for name, kind in named.items())
        return f"CREATE TABLE IF NOT EXISTS {place.table(f'silver.{self.name}')} ({listed}) USING DELTA"

    def close(self, place: Place, view: str) -> str:
        """`<>` is NULL where either side is: no difference."""
        _, modified, current = self.stamps
        differs = " OR ".join(f"target.{name} <> source.{name}" for name in self._compared)
        return (
            f"{self._merge(place, view)} WHEN MATCHED AND ({differs}) "
            f"THEN UPDATE SET target.{current} = false, target.{modified} = current_timestamp() "
            f"{self._insert() if self.first_merge_inserts else ''}"
        )

    def insert(self, place: Place, view: str) -> str:
        return f"{self._merge(place, view)} {self._insert()}"

    @property
    def _key(self) -> str:
        return next(iter(self.columns))

    @property
    def _compared(self) -> Sequence[str]:
        return [name for name in self.columns if name != self._key]

    def _merge(self, place: Place, view: str) -> str:
        on = f"target.{self._key} = source.{self._key} AND target.{self.stamps[2]} = true"
        return f"MERGE INTO {place.table(f'silver.{self.name}')} AS target USING {view} AS source ON {on}"

    def _insert(self) -> str:
        names = ", ".join((*self.columns, *self.stamps))
        values = ", ".join(f"source.{name}" for name in self.columns)
        return (
            f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values}, current_timestamp(), current_timestamp(), true)"
        )


def merge_twice(place: Place, table: Versioned, checked: str) -> None:
    """Brings a table up to a view of its own columns."""
    view = place.view(f"{table.name}_checked", checked)
    place.run(table.create(place), table.close(place, view), table.insert(place, view))


AUDIT = ("audit_insertdate", "audit_modifieddate", "is_current")

PATIENTS = Versioned(
    "patients",
    {
        "Patient_Key": "string",
        "SRC_PatientID": "string",
        "FirstName": "string",
        "LastName": "string",
        "MiddleName": "string",
        "SSN": "string",
        "PhoneNumber": "string",
        "Gender": "string",
        "DOB": "date",
        "Address": "string",
        "SRC_ModifiedDate": "date",
        "datasource": "string",
        "is_quarantined": "boolean",
    },
    ("inserted_date", "modified_date", "is_current"),
    first_merge_inserts=True,
)
ENCOUNTERS = Versioned(
    "encounters",
    {
        "EncounterID": "string",
        "SRC_EncounterID": "string",
        "PatientID": "string",
        "EncounterDate": "date",
        "EncounterType": "string",
        "ProviderID": "string",
        "DepartmentID": "string",
        "ProcedureCode": "int",
        "SRC_InsertedDate": "date",
        "SRC_ModifiedDate": "date",
        "datasource": "string",
        "is_quarantined": "boolean",
    },
    AUDIT,
)
TRANSACTIONS = Versioned(
    "transactions",
    {
        "TransactionID": "string",
        "SRC_TransactionID": "string",
        "EncounterID": "string",
        "PatientID": "string",
        "ProviderID": "string",
        "DeptID": "string",
        "VisitDate": "date",
        "ServiceDate": "date",
        "PaidDate": "date",
        "VisitType": "string",
        "Amount": "double",
        "AmountType": "string",
        "PaidAmount": "double",
        "ClaimID": "string",
        "PayorID": "string",
        "ProcedureCode": "int",
        "ICDCode": "string",
        "LineOfBusiness": "string",
        "MedicaidID": "string",
        "MedicareID": "string",
        "SRC_InsertDate": "date",
        "SRC_ModifiedDate": "date",
        "datasource": "string",
        "is_quarantined": "boolean",
    },
    AUDIT,
)
CLAIMS = Versioned(
    "claims",
    {
        "ClaimID": "string",
        "SRC_ClaimID": "string",
        "TransactionID": "string",
        "PatientID": "string",
        "EncounterID": "string",
        "ProviderID": "string",
        "DeptID": "string",
        "ServiceDate": "date",
        "ClaimDate": "date",
        "PayorID": "string",
        "ClaimAmount": "string",
        "PaidAmount": "string",
        "ClaimStatus": "string",
        "PayorType": "string",
        "Deductible": "string",
        "Coinsurance": "string",
        "Copay": "string",
        "SRC_InsertDate": "date",
        "SRC_ModifiedDate": "date",
        "datasource": "string",
        "is_quarantined": "boolean",
    },
    AUDIT,
)
CPT_CODES = Versioned(
    "cptcodes",
    {
        "cpt_codes": "string",
        "procedure_code_category": "string",
        "procedure_code_descriptions": "string",
        "code_status": "string",
        "is_quarantined": "boolean",
    },
    AUDIT,
)
