"""The files of the truth world: one `Shape` per source, used by the writers and printed for readers by `describe`.

A noun's columns are named once, by their silver names. Hospital A writes them in PascalCase in that order; hospital
B abbreviates, sorts its columns by name, writes dates as MM/dd/yyyy, separates charges by `|` and has own payer codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.world.nouns import BILLING_NOUNS, SYSTEM_NOUNS, Noun

HOSPITALS = ("hospital_a", "hospital_b")
PATIENT_PARTY = "PATIENT"


@dataclass(frozen=True, slots=True)
class Shape:
    """One source: where its files land, and which header, delimiter, date format and local codes they have."""

    source_id: str
    path_pattern: str
    delivery: str
    delimiter: str
    date_format: str
    header: Mapping[str, str]
    noun: Noun
    aliases: Mapping[str, str] = field(default_factory=dict)

    def path(self, as_of: str, period: str = "", suffix: str = "") -> str:
        """Return a landing path of this source for an as-of date (yyyy-mm-dd) and, where it has one, a month."""
        filled = self.path_pattern.replace("{as_of:date}", as_of).replace("{period:month}", period)
        return filled.replace("{any}", suffix)


HOSPITAL_B_NAMES = {
    "account_id": "ACCT_NO",
    "encounter_id": "ENC_NO",
    "patient_id": "PT_NO",
    "provider_id": "PROV_NO",
    "department_id": "DEPT_NO",
    "charge_id": "CHG_NO",
    "claim_id": "CLM_NO",
    "submission_id": "SUB_NO",
    "posting_date": "POST_DT",
    "service_date": "SVC_DT",
    "payment_date": "PMT_DT",
    "effective_date": "EFF_DT",
    "modified_date": "MOD_DT",
    "payer_code": "PYR_CD",
    "primary_payer_code": "PRIM_PYR_CD",
    "secondary_payer_code": "SEC_PYR_CD",
    "crossover_payer_code": "XOVER_PYR_CD",
    "responsible_party": "RESP_PTY",
    "amount": "AMT",
    "charge_amount": "CHG_AMT",
    "paid_amount": "PD_AMT",
}

# How one payer, whose remittances do not come through hospital A's clearinghouse, heads the same columns.
HARBOR_ALIASES = {
    "PatientControlNumber": "ClaimID",
    "ClaimPaymentAmount": "PaidAmount",
    "AdjustmentAmount": "Amount",
    "EFTDate": "PaymentDate",
}

HOSPITAL_B_PAYER_CODES = {
    "MEDICARE": "MCR",
    "MEDICAID": "MCD",
    "NORTHSTAR": "NSH",
    "HARBOR_MUTUAL": "HRB",
    "SUMMIT_CARE": "SMC",
    "EVERGREEN": "EVG",
    PATIENT_PARTY: "PT",
}


def pascal_name(silver: str) -> str:
    """Return hospital A's header of a silver column: `account_id` → `AccountID`, `gl_account` → `GLAccount`."""
    words = (word.upper() if word in {"id", "gl"} else word.capitalize() for word in silver.split("_"))
    return "".join(words)


def _shape_a(noun: Noun) -> Shape:
    header = {column.silver: pascal_name(column.silver) for column in noun.columns}
    aliases = {seen: name for seen, name in HARBOR_ALIASES.items() if name in header.values()}
    has_aliases = noun.name in {"remittance_claim", "remittance_adjustment"}
    return _shape("hospital_a", noun, header, "yyyy-MM-dd", ",", aliases if has_aliases else {})


def _shape_b(noun: Noun) -> Shape:
    names = {c.silver: HOSPITAL_B_NAMES.get(c.silver, c.silver.upper()) for c in noun.columns}
    header = dict(sorted(names.items(), key=lambda pair: pair[1]))
    return _shape("hospital_b", noun, header, "MM/dd/yyyy", "|" if noun.name == "charge" else ",", {})


def _shape(
    origin: str, noun: Noun, header: Mapping[str, str], dates: str, delimiter: str, aliases: Mapping[str, str]
) -> Shape:
    pattern = f"{noun.folder}/{origin}/{{as_of:date}}/{noun.file}{{any}}.csv"
    return Shape(f"{origin}__{noun.name}", pattern, noun.delivery, delimiter, dates, header, noun, aliases)


def _system_shape(noun: Noun) -> Shape:
    header = {column.silver: pascal_name(column.silver) for column in noun.columns}
    pattern = f"{noun.folder}/{{as_of:date}}/{noun.file}{{any}}.csv"
    return Shape(f"health_system__{noun.name}", pattern, noun.delivery, ",", "yyyy-MM-dd", header, noun)


SHAPES: Mapping[str, Shape] = {
    shape.source_id: shape
    for shape in (
        *map(_system_shape, SYSTEM_NOUNS),
        *map(_shape_a, BILLING_NOUNS),
        *map(_shape_b, BILLING_NOUNS),
    )
}
