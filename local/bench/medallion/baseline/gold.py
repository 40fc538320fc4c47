"""The five gold notebooks: each table emptied and filled again from the current rows of silver."""

from local.bench.medallion.baseline.place import Place
from local.bench.medallion.baseline.silver import rewrite


def dim_patient(place: Place) -> None:
    rewrite(
        place,
        "gold.dim_patient",
        "Patient_Key string, SRC_PatientID string, FirstName string, LastName string, MiddleName string, SSN string, "
        "PhoneNumber string, Gender string, DOB date, Address string, datasource string",
        f"""SELECT Patient_Key, SRC_PatientID, FirstName, LastName, MiddleName, SSN, PhoneNumber, Gender, DOB, Address,
            datasource
        FROM {place.table("silver.patients")} WHERE is_current = true AND is_quarantined = false""",
    )


def dim_department(place: Place) -> None:
    rewrite(
        place,
        "gold.dim_department",
        "Dept_Id string, SRC_Dept_Id string, Name string, datasource string",
        f"""SELECT DISTINCT Dept_Id, SRC_Dept_Id, Name, datasource
        FROM {place.table("silver.departments")} WHERE is_quarantined = false""",
    )


def dim_provider(place: Place) -> None:
    rewrite(
        place,
        "gold.dim_provider",
        "ProviderID string, FirstName string, LastName string, DeptID string, NPI int, datasource string",
        f"""SELECT ProviderID, FirstName, LastName, concat(DeptID, '-', datasource), NPI, datasource
        FROM {place.table("silver.providers")} WHERE is_quarantined = false""",
    )


def dim_cpt_code(place: Place) -> None:
    rewrite(
        place,
        "gold.dim_cpt_code",
        "cpt_codes string, procedure_code_category string, procedure_code_descriptions string, code_status string, "
        "refreshed_at timestamp",
        f"""SELECT cpt_codes, procedure_code_category, procedure_code_descriptions, code_status, current_timestamp()
        FROM {place.table("silver.cptcodes")} WHERE is_current = true AND is_quarantined = false""",
    )


def fact_transaction(place: Place) -> None:
    """Natural keys of what is current now; the encounter's lacks the hospital that its own table puts behind it."""
    rewrite(
        place,
        "gold.fact_transactions",
        "TransactionID string, SRC_TransactionID string, EncounterID string, FK_PatientID string, "
        "FK_ProviderID string, FK_DeptID string, ICDCode string, ProcedureCode int, VisitType string, "
        "ServiceDate date, PaidDate date, Amount double, PaidAmount double, AmountType string, ClaimID string, "
        "datasource string, refreshed_at timestamp",
        f"""SELECT TransactionID, SRC_TransactionID, EncounterID, concat(PatientID, '-', datasource),
            concat(CASE WHEN datasource = 'hos-a' THEN 'H1-' ELSE 'H2-' END, ProviderID),
            concat(DeptID, '-', datasource), ICDCode, ProcedureCode, VisitType, ServiceDate, PaidDate, Amount,
            PaidAmount, AmountType, ClaimID, datasource, current_timestamp()
        FROM {place.table("silver.transactions")} WHERE is_current = true AND is_quarantined = false""",
    )
