"""How patients paid, account by account, from the books that the world's own oracle reads from the files."""

from collections.abc import Iterator
from datetime import date, timedelta

from local.world.oracle.books import Books, Posting
from local.world.oracle.receivables import arose
from local.world.oracle.terms import is_charge


def outcomes(books: Books, as_of: date, factor: str) -> Iterator[tuple[str, str]]:
    """(member of the factor, outcome) of each account whose responsibility is 90 days old."""
    seen: dict[str, str] = {}
    dated = sorted((arose(iter(postings)), account_id) for account_id, postings in books.patient_postings.items())
    for since, account_id in dated:
        postings, account = books.patient_postings[account_id], books.accounts[account_id]
        owed = sum(one.owed for one in postings if is_charge(one) or one.kind == "transfer")
        if owed <= 0 or since == date.max or as_of - since < timedelta(days=90):
            continue
        outcome = _outcome(postings, owed, since)
        payer = account["primary_payer_code"] or "PATIENT"
        members = {
            "all": "all",
            "payer": payer,
            "plan": account["plan_code"] and f"{payer} {account['plan_code']}",
            "service_line": account["service_line"],
            "prior_behaviour": seen.get(account["patient_id"], "first_account"),
        }
        seen[account["patient_id"]] = outcome
        if members[factor]:
            yield members[factor], outcome


def _outcome(postings: list[Posting], owed: int, since: date) -> str:
    money = [one for one in postings if one.kind in {"patient_payment", "refund"}]
    paid = -sum(one.owed for one in money)
    soon = -sum(one.owed for one in money if one.effective <= since + timedelta(days=30))
    if min(paid, soon) >= owed:
        return "paid_in_time"
    return "paid_late" if paid >= owed else "paid_in_part" if paid > 0 else "never_paid"
