"""The nouns of the truth world's files: silver column names, types, keys and how the files are delivered."""

from dataclasses import dataclass


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


def _columns(text: str) -> tuple[Column, ...]:
    """Read `name:kind` words; a trailing `?` marks a column that may be empty."""
    pairs = ([*word.rstrip("?").split(":", 1), word] for word in text.split())
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
        "acknowledgement_id:id:claim_acknowledgement submission_id:id:claim_submission claim_id:id:claim "
        "payer_code:code received_date:date category_code:code status_code:code",
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
