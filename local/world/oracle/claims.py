"""How claims fared: edits, denials, first passes, collections."""

from collections.abc import Iterator

from local.world.oracle.books import DENIAL_REASONS, Books
from local.world.oracle.terms import Told, is_charge, month_of, months_before
from local.world.reading import Record


def claims(books: Books, period: str) -> Iterator[Told]:
    """Yield the measures of claims of a month."""
    received = [row for row in books.edits if month_of(row["received_date"]) == period]
    yield "clean_claim_rate", "", sum(row["edit_status"] == "passed" for row in received), len(received)
    yield from _remitted(books, period)
    yield from _initial_denials(books, period)
    statuses = [status for month, status in books.claim_statuses.values() if month == period]
    decided = sum(status in {"Denied", "Approved", "Paid"} for status in statuses)
    yield "claim_status_denial_rate", "", statuses.count("Denied"), decided
    firsts = [row for row in _first_submissions(books) if month_of(row["submitted_date"]) == period]
    yield "first_pass_rate", "", sum(_passed_first(books, row) for row in firsts), len(firsts)


def collections(books: Books, period: str) -> Iterator[Told]:
    """Yield what was collected of the accounts admitted in a month."""
    mine = {key for key, account in books.accounts.items() if month_of(account["admit_date"]) == period}
    postings = [posting for posting in books.postings if posting.account_id in mine]
    cash = sum(posting.cash for posting in postings)
    charges = sum(posting.owed for posting in postings if is_charge(posting))
    contractual = -sum(posting.owed for posting in postings if posting.kind == "contractual_adjustment")
    yield "gross_collection_rate", "", cash, charges
    yield "net_collection_rate", "", cash, charges - contractual


def _remitted(books: Books, period: str) -> Iterator[Told]:
    rows = [row for told in books.remitted.values() for row in told if month_of(row["posting_date"]) == period]
    denied = {row["claim_id"] for row in rows if _is_denied(books, row)}
    remitted = {row["claim_id"] for row in rows if row["claim_status_code"] != "22"}
    yield "remittance_denial_rate", "", len(denied), len(remitted)


def _initial_denials(books: Books, period: str) -> Iterator[Told]:
    if period < "2022-04":
        return
    denials = ([row for row in rows if _is_denied(books, row)] for rows in books.remitted.values())
    now = [rows[0] for rows in denials if rows and month_of(rows[0]["posting_date"]) == period]
    earlier = months_before(period)
    before = [row for row in _first_submissions(books) if month_of(row["submitted_date"]) in earlier]
    yield "initial_denial_rate", "number", len(now), len(before)
    amounts = (sum(row["charge_amount"] for row in rows) for rows in (now, before))
    yield "initial_denial_rate", "amount", *amounts


def _passed_first(books: Books, submission: Record) -> bool:
    account_id, payer = submission["account_id"], submission["payer_code"]
    primary = [row for row in books.submissions[account_id] if row["payer_sequence"] == "P"]
    told = [row for row in books.remitted.get(account_id, ()) if row["payer_code"] == payer]
    if len(primary) != 1 or len(told) != 1 or submission["claim_id"] in books.rejected:
        return False
    parts = books.adjustments[told[0]["remittance_claim_id"]]
    kept = sum(part["amount"] for part in parts if (part["group_code"], part["reason_code"]) == ("CO", "45"))
    return not _has_denial_reason(parts) and told[0]["charge_amount"] - kept == _expected(books, told[0])


def _expected(books: Books, row: Record) -> int:
    """Return what the contract allows of a remitted claim's charges, half up."""
    wanted = row["payer_code"], books.hospital, books.accounts[row["account_id"]]["patient_class"]
    names = ("payer_code", "hospital", "patient_class")
    contract = next(terms for terms in books.contracts if tuple(terms[name] for name in names) == wanted)
    allowed: int = (row["charge_amount"] * int(contract["rate_basis_points"]) + 5000) // 10000
    return allowed


def _first_submissions(books: Books) -> Iterator[Record]:
    for rows in books.submissions.values():
        yield from [row for row in rows if row["payer_sequence"] == "P"][:1]


def _is_denied(books: Books, row: Record) -> bool:
    unpaid = row["paid_amount"] == 0 and row["patient_responsibility_amount"] == 0
    reasons = books.adjustments[row["remittance_claim_id"]]
    return row["claim_status_code"] != "22" and unpaid and _has_denial_reason(reasons)


def _has_denial_reason(parts: list[Record]) -> bool:
    return any(part["group_code"] != "PR" and part["reason_code"] in DENIAL_REASONS for part in parts)
