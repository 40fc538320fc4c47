"""The star: which tables gold has, what one row of each is, and which dimension each fact points to."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension table. `nouns` describe its members (none: only facts do); `of_hospital`: ids carry the origin."""

    name: str
    nouns: tuple[str, ...]
    id_column: str
    of_hospital: bool
    grain: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact table, one row per row of its silver noun. `day` decides the dimension versions, `members` is dimension to

    the column that names the member, `dates` are the columns with a key into the calendar."""

    noun: str
    grain: str
    day: str
    members: Mapping[str, str]
    dates: tuple[str, ...]


DIMENSIONS = (
    Dimension("patient", ("patient",), "patient_id", True, "One version of a person as one hospital knows them"),
    Dimension("provider", ("provider",), "provider_id", True, "One version of a provider of one hospital"),
    Dimension("department", ("department",), "department_id", True, "One version of a department of one hospital"),
    Dimension(
        "payer", (), "payer_id", True, "A payer by the code one hospital uses for it, as the health system knows it"
    ),
    Dimension("icd_code", ("icd_code",), "code", False, "One version of a diagnosis code, by edition"),
    Dimension("cpt_code", ("cpt_code", "hcpcs_code"), "code", False, "One version of a procedure code, CPT or HCPCS"),
    Dimension("npi", ("npi",), "npi", False, "One version of what the registry says of a national provider identifier"),
)

FACTS = (
    Fact(
        "encounter",
        "One contact of a patient with a hospital",
        "encounter_date",
        {
            "patient": "patient_id",
            "provider": "provider_id",
            "department": "department_id",
            "cpt_code": "procedure_code",
        },
        ("encounter_date", "discharge_date"),
    ),
    Fact(
        "transaction",
        "One billed service of an encounter; an encounter may have several",
        "service_date",
        {
            "patient": "patient_id",
            "provider": "provider_id",
            "department": "department_id",
            "payer": "payer_code",
            "cpt_code": "procedure_code",
            "icd_code": "diagnosis_code",
        },
        ("visit_date", "service_date", "paid_date"),
    ),
    Fact(
        "claim",
        "One claim, counted once; a transaction may have several, so never sum a transaction's money over them",
        "service_date",
        {"patient": "patient_id", "provider": "provider_id", "department": "department_id", "payer": "payer_code"},
        ("service_date", "claim_date"),
    ),
)

NAMED_BY_BILLING: Mapping[str, tuple[tuple[str, str], ...]] = {
    "patient": (("account", "patient_id"),),
    "provider": (("account", "provider_id"),),
    "department": (("account", "department_id"),),
    "payer": (
        ("charge", "responsible_party"),
        ("remittance_claim", "payer_code"),
        ("remittance_claim", "crossover_payer_code"),
    ),
}
"""Dimension to noun and column of the billing that name its members, as what is owed does."""

CALENDAR_YEARS = (1990, 2049)

KEY_COMMENT = "Surrogate key: a hash of member and version start; all zeros: unknown"
