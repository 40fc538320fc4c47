"""The seven silver notebooks: both hospitals' extracts in one shape, a flag on bad rows, then history or a rewrite."""

from local.bench.medallion.baseline.place import SOURCES, Place
from local.bench.medallion.baseline.versioned import (
    CLAIMS,
    CPT_CODES,
    ENCOUNTERS,
    PATIENTS,
    TRANSACTIONS,
    merge_twice,
)


def patients(place: Place) -> None:
    merge_twice(place, PATIENTS, patients_checked(place))


def patients_checked(place: Place) -> str:
    """One hospital below the other, column by position."""
    of_a = "SELECT PatientID AS SRC_PatientID, FirstName, LastName, MiddleName, SSN, PhoneNumber, Gender, DOB, Address"
    of_b = "SELECT ID, F_Name, L_Name, M_Name, SSN, PhoneNumber, Gender, DOB, Address"
    return f"""
        SELECT concat(SRC_PatientID, '-', datasource) AS Patient_Key, *,
            SRC_PatientID IS NULL OR DOB IS NULL OR FirstName IS NULL OR lower(FirstName) = 'null' AS is_quarantined
        FROM (
            {of_a}, ModifiedDate AS SRC_ModifiedDate, 'hos-a' AS datasource
            FROM {place.extract("hospital_a", "patients")}
            UNION ALL
            {of_b}, Updated_Date, 'hos-b' FROM {place.extract("hospital_b", "patients")})"""


def encounters(place: Place) -> None:
    checked = f"""
        SELECT concat(EncounterID, '-', datasource) AS EncounterID, EncounterID AS SRC_EncounterID, PatientID,
            EncounterDate, EncounterType, ProviderID, DepartmentID, ProcedureCode, InsertedDate AS SRC_InsertedDate,
            ModifiedDate AS SRC_ModifiedDate, datasource,
            EncounterID IS NULL OR PatientID IS NULL AS is_quarantined
        FROM ({_both(place, "encounters")})"""
    merge_twice(place, ENCOUNTERS, checked)


def transactions(place: Place) -> None:
    checked = f"""
        SELECT concat(TransactionID, '-', datasource) AS TransactionID, TransactionID AS SRC_TransactionID,
            EncounterID, PatientID, ProviderID, DeptID, VisitDate, ServiceDate, PaidDate, VisitType, Amount, AmountType,
            PaidAmount, ClaimID, PayorID, ProcedureCode, ICDCode, LineOfBusiness, MedicaidID, MedicareID,
            InsertDate AS SRC_InsertDate, ModifiedDate AS SRC_ModifiedDate, datasource,
            EncounterID IS NULL OR PatientID IS NULL OR TransactionID IS NULL OR VisitDate IS NULL AS is_quarantined
        FROM ({_both(place, "transactions")})"""
    merge_twice(place, TRANSACTIONS, checked)


def claims(place: Place) -> None:
    """Every file in landing once more into bronze, then all of bronze against all of silver."""
    files = place.spark.read.option("header", "true").csv(f"{place.landing}/claims")
    name = "_metadata.file_path"
    hospital = f"CASE WHEN {name} LIKE '%hospital1%' THEN 'hosa' WHEN {name} LIKE '%hospital2%' THEN 'hosb' END"
    bronze = f"{place.bronze}/claims"
    files.selectExpr("*", f"{hospital} AS datasource").write.mode("overwrite").parquet(bronze)
    checked = f"""
        SELECT concat(ClaimID, '-', datasource) AS ClaimID, ClaimID AS SRC_ClaimID, TransactionID, PatientID,
            EncounterID, ProviderID, DeptID, cast(ServiceDate AS date) AS ServiceDate,
            cast(ClaimDate AS date) AS ClaimDate, PayorID, ClaimAmount, PaidAmount, ClaimStatus, PayorType, Deductible,
            Coinsurance, Copay, cast(InsertDate AS date) AS SRC_InsertDate,
            cast(ModifiedDate AS date) AS SRC_ModifiedDate, datasource,
            ClaimID IS NULL OR TransactionID IS NULL OR PatientID IS NULL OR ServiceDate IS NULL AS is_quarantined
        FROM parquet.`{bronze}`"""
    merge_twice(place, CLAIMS, checked)


def cpt_codes(place: Place) -> None:
    files = place.spark.read.option("header", "true").csv(f"{place.landing}/cptcodes")
    bronze = f"{place.bronze}/cptcodes"
    named = files.toDF(*(column.replace(" ", "_").lower() for column in files.columns))
    named.write.mode("overwrite").parquet(bronze)
    checked = f"""
        SELECT cpt_codes, procedure_code_category, procedure_code_descriptions, code_status,
            cpt_codes IS NULL OR procedure_code_descriptions IS NULL AS is_quarantined
        FROM parquet.`{bronze}`"""
    merge_twice(place, CPT_CODES, checked)


def departments(place: Place) -> None:
    rewrite(
        place,
        "silver.departments",
        "Dept_Id string, SRC_Dept_Id string, Name string, datasource string, is_quarantined boolean",
        f"""SELECT DISTINCT concat(DeptID, '-', datasource), DeptID, Name, datasource, DeptID IS NULL OR Name IS NULL
        FROM ({_both(place, "departments")})""",
    )


def providers(place: Place) -> None:
    """The NPI, a number of ten digits, goes into an int."""
    rewrite(
        place,
        "silver.providers",
        "ProviderID string, FirstName string, LastName string, Specialization string, DeptID string, NPI int, "
        "datasource string, is_quarantined boolean",
        f"""SELECT DISTINCT ProviderID, FirstName, LastName, Specialization, DeptID, cast(NPI AS int), datasource,
            ProviderID IS NULL OR DeptID IS NULL
        FROM ({_both(place, "providers")})""",
    )


def rewrite(place: Place, name: str, schema: str, query: str) -> None:
    """Truncate, then insert: between the two the table is empty for everybody."""
    table = place.table(name)
    place.run(f"CREATE TABLE IF NOT EXISTS {table} ({schema}) USING DELTA")
    place.run(f"DELETE FROM {table}", f"INSERT INTO {table} {query}")


def _both(place: Place, name: str) -> str:
    """One hospital below the other, column by position."""
    parts = [f"SELECT *, '{said}' AS datasource FROM {place.extract(it, name)}" for it, said in SOURCES.items()]
    return " UNION ALL ".join(parts)
