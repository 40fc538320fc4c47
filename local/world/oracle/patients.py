"""What patients paid of what they owed, when, and why they owed it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from local.world.oracle.books import Books, Posting
from local.world.oracle.receivables import arose
from local.world.oracle.terms import Told, is_charge, month_of
from local.world.reading import Record

_CAUSES = {"1": "deductible", "2": "coinsurance", "3": "copay", "96": "non_covered"}


def patients(books: Books, period: str) -> Iterator[Told]:
    """Yield how patients paid what they came to owe in a month, in all and by cause."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for account_id, postings in books.patient_postings.items():
        since, account = arose(iter(postings)), books.accounts.get(account_id)
        if month_of(since) == period and account:
            for split in ("", f"cause={_cause(books, account)}"):
                sums[split].update(_paid(postings, since))
    for split, total in sums.items():
        owed, paid = total["owed"], total["paid"]
        yield "patient_pay_collected", split, paid, owed
        yield "patient_pay_uncollected", split, owed - paid, owed
        for days in (30, 60, 90):
            yield "patient_pay_delayed", f"{split}|{days}".lstrip("|"), total[f"later_{days}"], owed


def _paid(postings: list[Posting], since: date) -> dict[str, int]:
    owed = sum(posting.owed for posting in postings if is_charge(posting) or posting.kind == "transfer")
    if owed <= 0:
        return {}
    money = [posting for posting in postings if posting.kind in {"patient_payment", "refund"}]
    paid = max(0, min(owed, -sum(posting.owed for posting in money)))
    told = {"owed": owed, "paid": paid}
    for days in (30, 60, 90):
        until = since + timedelta(days=days)
        soon = -sum(posting.owed for posting in money if posting.effective <= until)
        told[f"later_{days}"] = paid - min(paid, max(0, min(owed, soon)))
    return told


def _cause(books: Books, account: Record) -> str:
    if not account["primary_payer_code"]:
        return "self_pay"
    for row in books.remitted.get(account["account_id"], ()):
        if row["patient_responsibility_amount"] > 0 and not row["crossover_payer_code"]:
            parts = [p for p in books.adjustments[row["remittance_claim_id"]] if p["group_code"] == "PR"]
            largest = max(parts, key=lambda part: (part["amount"], -int(part["reason_code"])))
            return _CAUSES[largest["reason_code"]]
    return "transfer"
