"""What must hold of types, keys, joins, gold and operations, asked of both engines in their own tables."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from defects_of_history import TRUTH, Defect, both, current, people, tells
from two_engines import Engine

IDENTIFYING = {"ssn", "firstname", "first_name", "lastname", "last_name", "phonenumber", "phone", "address", "dob"}


def values(engine: Engine, table: str, column: str) -> list[Any]:
    return [row[column] for row in engine.rows(table)]


def finds(engine: Engine, pointing: str, column: str, pointed: str, key: str) -> bool:
    """Whether every row of a table, of which there is at least one, finds its counterpart."""
    wanted = {str(value) for value in values(engine, pointing, column)}
    return bool(wanted) and wanted <= {str(value) for value in values(engine, pointed, key)}


def is_cents(amounts: Iterable[Any]) -> bool:
    return all(Decimal(amount) == Decimal(amount).quantize(Decimal("0.01")) for amount in amounts)


def _stamps(engine: Engine, tables: Sequence[str]) -> set[frozenset[str]]:
    """The columns that tell of versions, as each table names them."""
    words = ("current", "effective", "insert", "modified", "updated", "audit")
    return {
        frozenset(c for c in engine.columns(t) if any(w in c for w in words) and not c.startswith(("SRC_", "_")))
        for t in tables
    }


DEFECTS = (
    Defect(
        11,
        "Tables with history name it alike",
        lambda e: len(_stamps(e, ["silver.patient", "silver.provider", "silver.cpt_code"])) == 1,
        lambda e: len(_stamps(e, ["silver.patients", "silver.encounters", "silver.icd_codes"])) == 1,
    ),
    both(
        12,
        "In the end everybody is current and right",
        lambda e: all(tells(e, name) for name in TRUTH) and {p.id for p in people(e) if p.is_served} == set(TRUTH),
    ),
    both(
        17,
        "A bad update leaves the good version in gold",
        lambda e: [p.is_served for p in current(e, "SPOILT")] == [True],
    ),
    Defect(
        19,
        "A malformed date costs its own record, not the file's",
        lambda e: (
            set(values(e, "silver.claim", "claim_id")) == {"hospital_a:C1"} and bool(e.rows("silver.claim_reject"))
        ),
        lambda e: not e.failed["a date"],
    ),
    Defect(
        20,
        "An amount written otherwise is the same amount",
        lambda e: values(e, "silver.claim", "billed_amount") == [Decimal("680.31")],
        lambda e: values(e, "silver.claims", "SRC_ClaimID").count("C1") == 1,
    ),
    Defect(
        21,
        "Amounts are numbers of cents",
        lambda e: is_cents(values(e, "silver.transaction", "charge_amount")),
        lambda e: is_cents(values(e, "silver.transactions", "Amount")),
    ),
    Defect(
        22,
        "An NPI keeps its ten digits",
        lambda e: "9903342850" in values(e, "silver.provider", "npi"),
        lambda e: not e.failed["an NPI"] and 9903342850 in values(e, "silver.providers", "NPI"),
    ),
    Defect(
        23,
        "A procedure code with a leading nought is found in its code set",
        lambda e: (
            "00123" in {*values(e, "silver.cpt_code", "code")} & {*values(e, "silver.transaction", "procedure_code")}
        ),
        lambda e: "00123" in {str(code) for code in values(e, "silver.transactions", "ProcedureCode")},
    ),
    Defect(
        24,
        "A status has one spelling",
        lambda e: set(values(e, "silver.cpt_code", "status")) == {"no change"},
        lambda e: len(set(values(e, "gold.dim_cpt_code", "code_status"))) == 1,
    ),
    Defect(
        25,
        "A claim finds its transaction and its patient",
        lambda e: (
            finds(e, "gold.claim", "transaction_id", "gold.transaction", "transaction_id")
            and finds(e, "gold.claim", "patient_key", "gold.patient", "patient_key")
        ),
        lambda e: bool(
            set(values(e, "silver.claims", "datasource")) & set(values(e, "silver.transactions", "datasource"))
        ),
    ),
    Defect(
        26,
        "Claims reach gold",
        lambda e: bool(e.rows("gold.claim")),
        lambda e: any("claim" in table.name for table in (e.lake / "gold").iterdir()),
    ),
    Defect(
        27,
        "A fact finds its encounter",
        lambda e: finds(e, "gold.transaction", "encounter_id", "gold.encounter", "encounter_id"),
        lambda e: finds(e, "gold.fact_transactions", "EncounterID", "silver.encounters", "EncounterID"),
    ),
    Defect(
        28,
        "A fact finds its provider, whom a list may lack",
        lambda e: finds(e, "gold.transaction", "provider_key", "gold.provider", "provider_key"),
        lambda e: finds(e, "gold.fact_transactions", "FK_ProviderID", "gold.dim_provider", "ProviderID"),
    ),
    Defect(
        29,
        "A fact finds its procedure",
        lambda e: finds(e, "gold.transaction", "cpt_code_key", "gold.cpt_code", "cpt_code_key"),
        lambda e: finds(e, "gold.fact_transactions", "ProcedureCode", "gold.dim_cpt_code", "cpt_codes"),
    ),
    Defect(
        30,
        "Every key carries where its row is from",
        lambda e: {"hospital_a:KEPT", "hospital_b:KEPT"} <= set(values(e, "gold.patient", "patient_id")),
        lambda e: None not in values(e, "silver.claims", "ClaimID"),
    ),
    Defect(
        31,
        "Columns in another order are the same columns",
        lambda e: set(values(e, "silver.encounter", "patient_id")) == {"hospital_a:KEPT", "hospital_b:KEPT"},
        lambda e: set(values(e, "silver.encounters", "PatientID")) == {"KEPT"},
    ),
    Defect(
        32,
        "A fact points to a version, to a day and to a payer",
        lambda e: (
            {"patient_key", "service_date_key", "payer_key"} <= e.columns("gold.transaction")
            and finds(e, "gold.transaction", "service_date_key", "gold.date", "date_key")
        ),
        lambda e: any(table.name in ("dim_date", "dim_payer", "dim_payor") for table in (e.lake / "gold").iterdir()),
    ),
    Defect(
        33,
        "No reader ever sees a table emptied",
        lambda e: all(e.smallest(table) > 0 for table in ("silver.patient", "silver.claim", "gold.patient")),
        lambda e: e.smallest("gold.dim_patient") > 0,
    ),
    Defect(
        34,
        "Diagnosis codes are in gold",
        lambda e: "I10" in values(e, "gold.icd_code", "code"),
        lambda e: bool(e.rows("gold.dim_icd")),
    ),
    Defect(
        35,
        "KPIs are reckoned",
        lambda e: bool(e.rows("gold.kpi")),
        lambda e: any("kpi" in table.name for table in (e.lake / "gold").iterdir()),
    ),
    Defect(
        36,
        "Gold holds nothing that names a person",
        lambda e: not IDENTIFYING & {name.lower() for name in e.columns("gold.patient")},
        lambda e: not IDENTIFYING & {name.lower() for name in e.columns("gold.dim_patient")},
    ),
)
