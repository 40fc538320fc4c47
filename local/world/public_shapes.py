"""Headers and landing paths of the public two-hospital data, which the demo world and the EMR databases share."""

from collections.abc import Mapping

PATIENT_COLUMNS = {
    "hospital_a": (
        "PatientID", "FirstName", "LastName", "MiddleName", "SSN", "PhoneNumber", "Gender", "DOB", "Address",
        "ModifiedDate",
    ),
    "hospital_b": (
        "ID", "F_Name", "L_Name", "M_Name", "SSN", "PhoneNumber", "Gender", "DOB", "Address", "Updated_Date",
    ),
}  # fmt: skip
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "department": ("DeptID", "Name"),
    "provider": ("ProviderID", "FirstName", "LastName", "Specialization", "DeptID", "NPI"),
    "encounter": (
        "EncounterID", "PatientID", "EncounterDate", "EncounterType", "ProviderID", "DepartmentID", "ProcedureCode",
        "InsertedDate", "ModifiedDate",
    ),
    "transaction": (
        "TransactionID", "EncounterID", "PatientID", "ProviderID", "DeptID", "VisitDate", "ServiceDate", "PaidDate",
        "VisitType", "Amount", "AmountType", "PaidAmount", "ClaimID", "PayorID", "ProcedureCode", "ICDCode",
        "LineOfBusiness", "MedicaidID", "MedicareID", "InsertDate", "ModifiedDate",
    ),
    "claim": (
        "ClaimID", "TransactionID", "PatientID", "EncounterID", "ProviderID", "DeptID", "ServiceDate", "ClaimDate",
        "PayorID", "ClaimAmount", "PaidAmount", "ClaimStatus", "PayorType", "Deductible", "Coinsurance", "Copay",
        "InsertDate", "ModifiedDate",
    ),
}  # fmt: skip
CPT_SOURCE = "ama__cpt_code"
CPT_COLUMNS = ("Procedure Code Category", "CPT Codes", "Procedure Code Descriptions", "Code Status")
EMR_NOUNS = ("patient", "encounter", "transaction", "provider", "department")
DELIVERY = {
    "patient": "full",
    "provider": "full",
    "department": "full",
    "encounter": "delta",
    "transaction": "delta",
    "claim": "period",
}


def columns(hospital: str, noun: str) -> tuple[str, ...]:
    """Return the header of a noun's file in a hospital; the first column is the key."""
    return PATIENT_COLUMNS[hospital] if noun == "patient" else COLUMNS[noun]


def landing_path(hospital: str, noun: str, as_of: str, suffix: str = "") -> str:
    """Return the landing path of a hospital's file of an as-of date (yyyy-mm-dd)."""
    folder = "claims" if noun == "claim" else "emr"
    return f"{folder}/{hospital}/{as_of}/{noun}s{suffix}.csv"


def cpt_path(as_of: str) -> str:
    """Return the landing path of a CPT list of an as-of date."""
    return f"codes/cpt/{as_of}/cptcodes.csv"
