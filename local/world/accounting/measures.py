"""What one account adds to the figures of each month: sums that KPIs are quotients of.

A figure is additive: its value for a hospital and month is the sum over accounts. Stocks are as of a month's end.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from local.world.accounting.entries import LATE_AFTER_DAYS, Entry
from local.world.cycle.accounts import Account
from local.world.cycle.calendar import LAST_DAY, MONTH_ENDS, month_index
from local.world.cycle.events import ClaimRemitted, ClaimSubmitted
from local.world.cycle.payers import DENIAL_REASONS, PATIENT, PAYERS
from local.world.cycle.story import AccountStory

CHARGE_KINDS = frozenset({"charge", "late_charge"})
RESPONSIBILITY_KINDS = CHARGE_KINDS | {"transfer"}
BUCKETS = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))
_FLOW_KINDS = frozenset({"charity", "denial_write_off", "bad_debt_transfer"})


class Figure(NamedTuple):
    """`name` and, where it has one, `split` (age bucket with party, cause ...); position of the month; the amount."""

    name: str
    split: str
    month: int
    amount: int


class AgedSplit(NamedTuple):
    """Whose billed A/R (`insurer`, `patient`), of which payer group (or `patient`), in which age bucket."""

    whose: str
    group: str
    age: str
    text: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a split as `billed_ar` writes it."""
        whose, group, age = text.split("|")
        return cls(whose, group, age, text)


def bucket(age: int) -> str:
    """Return the age bucket of a number of days."""
    return next((name for limit, name in BUCKETS if age <= limit), "over_120")


def flow_figures(entries: Iterable[Entry]) -> Iterator[Figure]:
    """Yield what entries add to the month of their posting."""
    for entry in entries:
        month = month_index(entry.posted)
        if entry.kind in CHARGE_KINDS:
            yield Figure("charges", "", month, entry.ar)
            if entry.ar > 0:
                yield Figure("positive_charges", "", month, entry.ar)
                if entry.posted > entry.serviced + LATE_AFTER_DAYS:
                    yield Figure("late_charges", "", month, entry.ar)
        elif entry.kind in _FLOW_KINDS:
            yield Figure(entry.kind, "", month, -entry.ar)
        if entry.cash:
            yield Figure("cash", "", month, entry.cash)


def stock_figures(story: AccountStory, entries: list[Entry], last_month: int) -> Iterator[Figure]:
    """Yield the month-end figures of an account up to a month; `entries` stand in order of posting."""
    if not entries:
        return
    account = story.account
    submitted = _first_submission(story)
    arose = LAST_DAY
    balances: dict[str, int] = {}
    charges = position = 0
    for month in range(month_index(entries[0].posted), last_month + 1):
        month_end = MONTH_ENDS[month]
        while position < len(entries) and entries[position].posted <= month_end:
            entry = entries[position]
            balances[entry.party] = balances.get(entry.party, 0) + entry.ar
            charges += entry.ar if entry.kind in CHARGE_KINDS else 0
            arose = min(arose, entry.effective) if adds_responsibility(entry) else arose
            position += 1
        for party, balance in balances.items():
            if balance:
                yield from _balance_figures(account, party, balance, month, arose)
        yield from _unbilled_figures(account, charges, month, submitted)
        settled = account.final_bill <= month_end and (submitted is None or submitted <= month_end)
        if position == len(entries) and settled and not any(balances.values()):
            return


def _balance_figures(account: Account, party: str, balance: int, month: int, arose: int) -> Iterator[Figure]:
    if balance < 0:
        yield Figure("credit_balances", "", month, -balance)
        return
    yield Figure("debit_balances", "", month, balance)
    month_end = MONTH_ENDS[month]
    if account.final_bill > month_end:
        return
    age = bucket(month_end - account.discharged)
    kind = "patient" if party == PATIENT else "insurer"
    group = "patient" if party == PATIENT else PAYERS[party].group
    yield Figure("billed_ar", f"{kind}|{group}|{age}", month, balance)
    if party == PATIENT:
        yield Figure("patient_ar", bucket(month_end - arose), month, balance)


def _unbilled_figures(account: Account, charges: int, month: int, submitted: int | None) -> Iterator[Figure]:
    month_end = MONTH_ENDS[month]
    if account.discharged > month_end:
        return
    if account.final_bill > month_end:
        yield Figure("not_final_billed", "", month, charges)
    elif account.payer and (submitted is None or submitted > month_end):
        yield Figure("not_submitted", "", month, charges)


def claim_figures(story: AccountStory) -> Iterator[Figure]:
    """Yield what a claim adds to the months of its first submission, remittances and first denial."""
    remitted: dict[int, bool] = {}
    first_denial: ClaimRemitted | None = None
    first_submission = _first_submission(story)
    for event in story.events:
        if isinstance(event, ClaimSubmitted) and event.recorded == first_submission and event.number == 1:
            yield Figure("claims_submitted", "", month_index(event.recorded), 1)
            yield Figure("submitted_amount", "", month_index(event.recorded), event.amount)
        elif isinstance(event, ClaimRemitted) and event.status != "22":
            denied = is_denied(event)
            month = month_index(event.recorded)
            remitted[month] = remitted.get(month, False) or denied
            first_denial = first_denial or (event if denied else None)
    for month, denied in remitted.items():
        yield Figure("claims_remitted", "", month, 1)
        yield Figure("claims_denied", "", month, int(denied))
    if first_denial:
        month = month_index(first_denial.recorded)
        yield Figure("first_denials", "", month, 1)
        yield Figure("first_denied_amount", "", month, first_denial.charge)


def is_denied(event: ClaimRemitted) -> bool:
    """Tell whether a remitted claim is wholly denied: nothing paid, nothing left to the patient, a denial reason."""
    reasons = (part for part in event.adjustments if part.group != "PR")
    denied = any(part.reason in DENIAL_REASONS for part in reasons)
    return event.status != "22" and denied and event.paid == 0 and event.patient_responsibility == 0


def _first_submission(story: AccountStory) -> int | None:
    days = (event.recorded for event in story.events if isinstance(event, ClaimSubmitted) and event.sequence == "P")
    return next(days, None)


def adds_responsibility(entry: Entry) -> bool:
    """Tell whether an entry makes the patient owe more by a charge or a transfer."""
    return entry.party == PATIENT and entry.ar > 0 and entry.kind in RESPONSIBILITY_KINDS
