"""Figures of accounts by the month they began in: what has become of them as known on a day."""

from collections.abc import Iterator

from local.world.accounting.entries import Entry
from local.world.accounting.measures import CHARGE_KINDS, RESPONSIBILITY_KINDS, Figure, adds_responsibility
from local.world.cycle.calendar import month_index
from local.world.cycle.events import ClaimAcknowledged, ClaimEdited, ClaimRemitted, ClaimSubmitted
from local.world.cycle.patient_pay import CAUSE_OF_REASON
from local.world.cycle.payers import DENIAL_REASONS, PATIENT, rate, share
from local.world.cycle.story import AccountStory
from local.world.sending.deliveries import DELIVERY_DAYS, delivery_of
from local.world.sending.public_files import claim_status

DELAYS = (30, 60, 90)
_PATIENT_MONEY_KINDS = frozenset({"patient_payment", "refund"})


def collection_figures(story: AccountStory, entries: list[Entry]) -> Iterator[Figure]:
    """Yield charges, contractual adjustments and cash of an account in the month of its admission."""
    month = month_index(story.account.admitted)
    yield Figure("cohort_charges", "", month, sum(e.ar for e in entries if e.kind in CHARGE_KINDS))
    contractual = sum(-e.ar for e in entries if e.kind == "contractual_adjustment")
    yield Figure("cohort_contractual", "", month, contractual)
    yield Figure("cohort_cash", "", month, sum(e.cash for e in entries))


def patient_figures(story: AccountStory, entries: list[Entry], known: int) -> Iterator[Figure]:
    """Yield what became of an account's patient responsibility, in the month it arose, in all and by cause.

    `responsible` is what the patient came to owe in the end; `collected` what was paid of it; `delayed_n` what of that
    was paid later than n days after it arose.
    """
    owed = [e for e in entries if e.party == PATIENT and e.kind in RESPONSIBILITY_KINDS]
    responsible = sum(entry.ar for entry in owed)
    arose = min((entry.effective for entry in owed if adds_responsibility(entry)), default=None)
    if responsible <= 0 or arose is None:
        return
    month, cause = month_index(arose), responsibility_cause(story, known)
    money = [e for e in entries if e.party == PATIENT and e.kind in _PATIENT_MONEY_KINDS]
    collected = _within(responsible, money, None)
    figures = {"responsible": responsible, "collected": collected, "responsible_accounts": 1}
    figures |= {f"delayed_{n}": collected - min(collected, _within(responsible, money, arose + n)) for n in DELAYS}
    for split in ("", f"cause={cause}"):
        yield from (Figure(f"cohort_{name}", split, month, amount) for name, amount in figures.items())


def _within(responsible: int, money: list[Entry], until: int | None) -> int:
    paid = sum(-entry.ar for entry in money if until is None or entry.effective <= until)
    return max(0, min(responsible, paid))


def responsibility_cause(story: AccountStory, known: int) -> str:
    """Return why the patient owes: the largest PR reason of the first remittance that leaves the patient anything."""
    if story.account.payer is None:
        return "self_pay"
    for event in story.events:
        if event.recorded > known:
            break
        if isinstance(event, ClaimRemitted) and event.patient_responsibility > 0 and not event.crossover:
            shares = [part for part in event.adjustments if part.group == "PR"]
            return CAUSE_OF_REASON[max(shares, key=lambda part: part.amount).reason]
    return "transfer"


def edit_figures(story: AccountStory, known: int) -> Iterator[Figure]:
    """Yield, in the month in which the claims tool received it, whether a claim released by a day went untouched."""
    for event in story.events:
        if isinstance(event, ClaimEdited) and event.recorded <= known:
            month = month_index(event.received)
            yield Figure("cohort_edited", "", month, 1)
            yield Figure("cohort_passed", "", month, int(not event.corrected))


def first_pass_figures(story: AccountStory, known: int) -> Iterator[Figure]:
    """Yield, in the month of first submission, whether the claim was paid as expected on it, as known on a day."""
    submissions = [
        e for e in story.events if isinstance(e, ClaimSubmitted) and e.sequence == "P" and e.recorded <= known
    ]
    if submissions:
        passed = len(submissions) == 1 and _paid_as_expected(story, submissions[0], known)
        yield Figure("cohort_first_pass", "", month_index(submissions[0].recorded), int(passed))


def _paid_as_expected(story: AccountStory, submission: ClaimSubmitted, known: int) -> bool:
    """Tell whether the primary payer remitted once, allowing what the contract says, and refused nothing."""
    account, events = story.account, [event for event in story.events if event.recorded <= known]
    remitted = [e for e in events if isinstance(e, ClaimRemitted) and e.payer == submission.payer]
    rejected = any(isinstance(e, ClaimAcknowledged) and e.category != "A2" for e in events)
    if len(remitted) != 1 or rejected or account.payer is None:
        return False
    (only,) = remitted
    refused = any(part.group != "PR" and part.reason in DENIAL_REASONS for part in only.adjustments)
    contractual = sum(part.amount for part in only.adjustments if (part.group, part.reason) == ("CO", "45"))
    expected = share(only.charge, rate(account.hospital, account.payer, account.patient_class))
    return not refused and only.charge - contractual == expected


def status_figures(story: AccountStory, known: int) -> Iterator[Figure]:
    """Yield, in the claim's month, whether the claims file that last told of it by a day calls it denied."""
    submissions = [
        e for e in story.events if isinstance(e, ClaimSubmitted) and e.sequence == "P" and e.recorded <= known
    ]
    if not submissions:
        return
    told = max(day for day in DELIVERY_DAYS[: delivery_of(submissions[0].recorded) + 2] if day <= known)
    status = claim_status(story, told)
    month = month_index(submissions[0].recorded)
    yield Figure("cohort_status_denied", "", month, int(status == "Denied"))
    yield Figure("cohort_status_adjudicated", "", month, int(status in {"Denied", "Paid", "Approved"}))
