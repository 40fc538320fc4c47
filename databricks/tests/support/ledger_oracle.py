"""What a row means to the account ledger, in plain Python from the description of the world's files."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

type Row = Mapping[str, Any]

DENIALS = {"16", "18", "22", "26", "27", "29", "50", "96", "109", "197"}
WRITTEN_OFF = {"denial_write_off": "4300", "charity": "4200", "small_balance": "4400", "bad_debt_transfer": "5100"}


class Line(NamedTuple):
    """A line as the tests compare it."""

    account: str | None
    party: str | None
    gl_account: str
    kind: str
    is_reversal: bool
    amount: Decimal
    service: date | None
    posting: date
    effective: date


def entered(noun: str, row: Row) -> list[Line]:
    """The lines of a row. KeyError for a noun that enters nothing."""
    days = DAYS[noun](row)
    return [
        Line(None if account == "" else row["account_id"], party, gl_account, kind, reversal, amount, *days)
        for account, party, gl_account, kind, reversal, amount in LINES[noun](row)
        if amount
    ]


type Found = Iterator[tuple[str | None, str | None, str, str, bool, Decimal]]


def _both(row: Row, party: str, kind: str, other: str, debit: Decimal, reversal: bool = False) -> Found:
    yield None, party, "1200", kind, reversal, debit
    yield None, None, other, kind, reversal, -debit


def _charge(row: Row) -> Found:
    is_late = row["posting_date"] > row["service_date"] + timedelta(days=3)
    yield from _both(row, row["responsible_party"], "late_charge" if is_late else "charge", "4000", row["amount"])


def _remittance_claim(row: Row) -> Found:
    reversal = row["claim_status_code"] == "22"
    yield from _both(row, row["payer_code"], "insurer_payment", "1000", -row["paid_amount"], reversal)


def _remittance_adjustment(row: Row) -> Found:
    reversal = row["claim_status_code"] == "22"
    if row["group_code"] == "PR":
        yield None, row["payer_code"], "1200", "transfer", reversal, -row["amount"]
        yield None, row["crossover_payer_code"] or "PATIENT", "1200", "transfer", reversal, row["amount"]
    elif row["reason_code"] not in DENIALS and (row["group_code"], row["reason_code"]) != ("OA", "23"):
        yield from _both(row, row["payer_code"], "contractual_adjustment", "4100", -row["amount"], reversal)


def _provider_adjustment(row: Row) -> Found:
    if row["reason_code"] == "WO":
        yield from _both(row, row["payer_code"], "takeback", "1000", row["amount"])
        return
    kind, other = {"FB": ("balance_forward", "2100"), "L6": ("interest", "4500")}[row["reason_code"]]
    yield "", None, "1000", kind, False, -row["amount"]
    yield "", None, other, kind, False, row["amount"]


def _patient_payment(row: Row) -> Found:
    if row["payment_type"] == "recovery":
        yield None, None, "1000", "bad_debt_recovery", False, row["amount"]
        yield None, None, "5200", "bad_debt_recovery", False, -row["amount"]
    elif row["payment_type"] == "reversal":
        yield from _both(row, "PATIENT", "patient_payment", "1000", row["amount"], True)
    else:
        yield from _both(row, "PATIENT", "patient_payment", "1000", -row["amount"])


def _account_adjustment(row: Row) -> Found:
    kind = row["adjustment_type"]
    if kind == "transfer":
        yield None, row["responsible_party"], "1200", kind, False, -row["amount"]
        yield None, row["to_party"], "1200", kind, False, row["amount"]
    elif kind == "refund":
        yield from _both(row, row["responsible_party"], kind, "1000", row["amount"])
    else:
        yield from _both(row, row["responsible_party"], kind, WRITTEN_OFF[kind], -row["amount"])


def _paid(row: Row) -> tuple[date | None, date, date]:
    return (None, row["posting_date"], row["payment_date"])


LINES = {
    "charge": _charge,
    "remittance_claim": _remittance_claim,
    "remittance_adjustment": _remittance_adjustment,
    "provider_adjustment": _provider_adjustment,
    "patient_payment": _patient_payment,
    "account_adjustment": _account_adjustment,
}
DAYS = dict.fromkeys(LINES, _paid) | {
    "charge": lambda row: (row["service_date"], row["posting_date"], row["service_date"]),
    "account_adjustment": lambda row: (None, row["posting_date"], row["effective_date"]),
}
