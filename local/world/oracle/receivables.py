"""What is owed at a month's end, and what is not yet billed."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from local.world.oracle.books import Books, Posting
from local.world.oracle.terms import Told, age, is_charge, last_day, months_before, posted_in, shares
from local.world.reading import Record

_GROUPS = {"MEDICARE": "medicare", "MEDICAID": "medicaid", "PATIENT": "patient"}

type Balances = Counter[tuple[str, str]]


def receivables(books: Books, period: str) -> Iterator[Told]:
    """Yield the measures of receivables, unbilled charges and of what was posted in a month."""
    as_of = last_day(period)
    posted = [posting for posting in books.postings if posting.posted <= as_of]
    balances = _balances(posted)
    since = as_of - timedelta(days=89)
    charges = sum(posting.owed for posting in posted if is_charge(posting) and posting.posted >= since)
    yield "gross_days_in_ar", "", sum(cents for cents in balances.values() if cents > 0), charges
    for kpi_id, amount in _unbilled(books, posted, as_of):
        yield kpi_id, "", amount, charges
    yield from _aged(books, balances, as_of)
    yield from _aged_from_responsibility(books, balances, as_of)
    yield from _flows(books, period)


def net_revenue(books: Books, period: str) -> Iterator[Told]:
    """Yield the measures over net patient service revenue."""
    ledger, revenue = books.general_ledger, books.general_ledger[period, "4900"]
    posted = posted_in(books.postings, period)
    yield "denial_write_off_share", "", -sum(p.owed for p in posted if p.kind == "denial_write_off"), revenue
    yield "cash_share_of_net_revenue", "", sum(posting.cash for posting in posted), revenue
    yield "revenue_per_visit", "", revenue, books.encounter_months.count(period)
    if period >= "2022-03":
        quarter = sum(ledger[month, "4900"] for month in (*months_before(period)[:2], period))
        yield "net_days_in_ar", "", ledger[period, "1200"] + ledger[period, "1290"], quarter
        balances = _balances([posting for posting in books.postings if posting.posted <= last_day(period)])
        yield "net_days_in_credit_balance", "", -sum(cents for cents in balances.values() if cents < 0), quarter


def _unbilled(books: Books, posted: list[Posting], as_of: date) -> Iterator[tuple[str, int]]:
    gross: Counter[str] = Counter()
    for posting in posted:
        gross[posting.account_id] += posting.owed if is_charge(posting) else 0
    accounts = books.accounts.items()
    unbilled = sum(gross[key] for key, account in accounts if _is_unbilled(account, as_of))
    held = [key for key, account in accounts if account["primary_payer_code"] and _is_billed(account, as_of)]
    unsubmitted = sum(gross[key] for key in held if not _is_submitted(books, key, as_of))
    yield "days_dnfb", unbilled
    yield "days_fbns", unsubmitted
    yield "days_dnsp", unbilled + unsubmitted


def _aged(books: Books, balances: Balances, as_of: date) -> Iterator[Told]:
    aged: Counter[str] = Counter()
    for (account_id, party), cents in balances.items():
        account = books.accounts.get(account_id)
        if cents > 0 and account and _is_billed(account, as_of):
            whose = "patient" if party == "PATIENT" else "insurer"
            for wanted in {"all", whose, _GROUPS.get(party, "commercial")}:
                aged[f"{wanted}|{age(as_of - account['discharge_date'])}"] += cents
    yield from shares("aged_ar", aged)


def _aged_from_responsibility(books: Books, balances: Balances, as_of: date) -> Iterator[Told]:
    aged: Counter[str] = Counter()
    for (account_id, party), cents in balances.items():
        account = books.accounts.get(account_id)
        if cents > 0 and party == "PATIENT" and account and _is_billed(account, as_of):
            posted = (posting for posting in books.patient_postings[account_id] if posting.posted <= as_of)
            aged[f"patient|{age(as_of - arose(posted))}"] += cents
    yield from shares("aged_ar_from_responsibility", aged)


def _flows(books: Books, period: str) -> Iterator[Told]:
    posted = posted_in(books.postings, period)
    charges = [posting for posting in posted if is_charge(posting)]
    above = [posting for posting in charges if posting.owed > 0]
    late = sum(posting.owed for posting in above if posting.kind == "late_charge")
    yield "late_charge_share", "", late, sum(posting.owed for posting in above)
    for kpi_id, kind in (("bad_debt_share", "bad_debt_transfer"), ("charity_share", "charity")):
        taken = -sum(posting.owed for posting in posted if posting.kind == kind)
        yield kpi_id, "", taken, sum(posting.owed for posting in charges)


def arose(postings: Iterator[Posting]) -> date:
    """Return the day on which a patient first came to owe something by these postings."""
    more = (p.effective for p in postings if p.owed > 0 and (is_charge(p) or p.kind == "transfer"))
    return min(more, default=date.max)


def _balances(postings: list[Posting]) -> Balances:
    balances: Balances = Counter()
    for posting in postings:
        balances[posting.account_id, posting.party] += posting.owed
    return balances


def _is_billed(account: Record, as_of: date) -> bool:
    return bool(account["final_bill_date"]) and account["final_bill_date"] <= as_of


def _is_unbilled(account: Record, as_of: date) -> bool:
    return bool(account["discharge_date"]) and account["discharge_date"] <= as_of and not _is_billed(account, as_of)


def _is_submitted(books: Books, account_id: str, as_of: date) -> bool:
    rows = books.submissions.get(account_id, ())
    return any(row["payer_sequence"] == "P" and row["submitted_date"] <= as_of for row in rows)
