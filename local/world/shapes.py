"""The files of the world: one `Shape` per source, used by the writers and printed for readers by `describe`.

A noun's columns are named once, by their silver names. Hospital A writes them in PascalCase in that order; hospital B
abbreviates, sorts its columns by name, writes dates as MM/dd/yyyy, separates charges by `|` and has payer codes of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HOSPITALS = ("hospital_a", "hospital_b")
PATIENT_PARTY = "PATIENT"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a noun: silver name, type as in `metadata/nouns`, whether a row must carry it."""

    silver: str
    kind: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Noun:
    """What the files of one noun have alike in every hospital."""

    name: str
    folder: str
    file: str
    delivery: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


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


def _columns(text: str) -> tuple[Column, ...]:
    """Read `name:kind` words; a trailing `?` marks a column that may be empty."""
    pairs = (word.rstrip("?").split(":", 1) + [word] for word in text.split())
    return tuple(Column(name, kind, not word.endswith("?")) for name, kind, word in pairs)


def _noun(name: str, folder: str, file: str, delivery: str, key: str, columns: str) -> Noun:
    return Noun(name, folder, file, delivery, tuple(key.split()), _columns(columns))


BILLING_NOUNS = (
    _noun(
        "account",
        "billing",
        "accounts",
        "delta",
        "account_id",
        "account_id:id:account encounter_id:id:encounter patient_id:id:patient provider_id:id:provider "
        "department_id:id:department patient_class:code service_line:code primary_payer_code:code? plan_code:code? "
        "secondary_payer_code:code? admit_date:date discharge_date:date? final_bill_date:date? modified_date:date",
    ),
    _noun(
        "charge",
        "billing",
        "charges",
        "append",
        "charge_id",
        "charge_id:id:charge account_id:id:account revenue_code:code procedure_code:code? diagnosis_code:code "
        "quantity:integer amount:money responsible_party:code service_date:date posting_date:date "
        "corrects_charge_id:id:charge?",
    ),
    _noun(
        "claim_edit",
        "billing",
        "claim_edits",
        "append",
        "claim_id",
        "claim_id:id:claim account_id:id:account received_date:date edit_status:code edit_code:code? "
        "released_date:date",
    ),
    _noun(
        "claim_submission",
        "billing",
        "claim_submissions",
        "append",
        "submission_id",
        "submission_id:id:claim_submission claim_id:id:claim account_id:id:account payer_code:code payer_sequence:code "
        "frequency_code:code payer_claim_control_number:code? bill_date:date submitted_date:date charge_amount:money",
    ),
    _noun(
        "claim_acknowledgement",
        "acknowledgements",
        "claim_acknowledgements",
        "append",
        "acknowledgement_id",
        "acknowledgement_id:id:claim_acknowledgement submission_id:id:claim_submission claim_id:id:claim payer_code:code "
        "received_date:date category_code:code status_code:code",
    ),
    _noun(
        "remittance",
        "remittances",
        "remittances",
        "append",
        "remittance_id",
        "remittance_id:id:remittance payer_code:code payment_date:date posting_date:date payment_method:code "
        "claim_count:integer payment_amount:money",
    ),
    _noun(
        "remittance_claim",
        "remittances",
        "remittance_claims",
        "append",
        "remittance_claim_id",
        "remittance_claim_id:id:remittance_claim remittance_id:id:remittance claim_id:id:claim account_id:id:account "
        "payer_code:code payment_date:date posting_date:date claim_status_code:code payer_claim_control_number:code "
        "charge_amount:money paid_amount:money patient_responsibility_amount:money crossover_payer_code:code?",
    ),
    _noun(
        "remittance_adjustment",
        "remittances",
        "remittance_adjustments",
        "append",
        "remittance_adjustment_id",
        "remittance_adjustment_id:id:remittance_adjustment remittance_claim_id:id:remittance_claim "
        "remittance_id:id:remittance claim_id:id:claim account_id:id:account payer_code:code payment_date:date "
        "posting_date:date claim_status_code:code crossover_payer_code:code? charge_id:id:charge? group_code:code "
        "reason_code:code remark_code:code? amount:money",
    ),
    _noun(
        "provider_adjustment",
        "remittances",
        "provider_adjustments",
        "append",
        "provider_adjustment_id",
        "provider_adjustment_id:id:provider_adjustment remittance_id:id:remittance payer_code:code payment_date:date "
        "posting_date:date reason_code:code claim_id:id:claim? account_id:id:account? amount:money",
    ),
    _noun(
        "patient_payment",
        "billing",
        "patient_payments_{period:month}",
        "period",
        "payment_id",
        "payment_id:id:patient_payment account_id:id:account payment_type:code payment_method:code payment_date:date "
        "posting_date:date amount:money",
    ),
    _noun(
        "account_adjustment",
        "billing",
        "account_adjustments",
        "append",
        "adjustment_id",
        "adjustment_id:id:account_adjustment account_id:id:account adjustment_type:code responsible_party:code "
        "to_party:code? amount:money effective_date:date posting_date:date",
    ),
    _noun(
        "payable",
        "payables",
        "payables",
        "append",
        "payable_id",
        "payable_id:id:payable document_id:code payee_type:code payee_id:code entry_type:code amount:money "
        "document_date:date due_date:date posting_date:date",
    ),
    _noun(
        "gl_balance",
        "general_ledger",
        "gl_balances_{period:month}",
        "period",
        "period gl_account",
        "period:code gl_account:code amount:money",
    ),
)

SYSTEM_NOUNS = (
    _noun("payer", "health_system", "payers", "full", "payer_code", "payer_code:code name:text payer_group:code"),
    _noun(
        "payer_contract",
        "health_system",
        "payer_contracts",
        "full",
        "contract_id",
        "contract_id:code payer_code:code hospital:code patient_class:code effective_from:date effective_to:date "
        "rate_basis_points:integer timely_filing_days:integer",
    ),
)

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
