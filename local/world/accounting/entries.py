"""The account ledger's truth: the entries that each event causes, with the day on which each became known."""

from collections.abc import Iterator
from typing import NamedTuple

from local.world.cycle.accounts import Account
from local.world.cycle.events import (
    AccountAdjusted,
    Adjustment,
    ChargePosted,
    ClaimRemitted,
    Event,
    PatientPaid,
    PayerTookBack,
)
from local.world.cycle.payers import DENIAL_REASONS, PATIENT
from local.world.cycle.story import AccountStory
from local.world.sending import quirks
from local.world.sending.deliveries import DELIVERY_DAYS, charge_delivery, delivery_of, known_day

LATE_AFTER_DAYS = 3
# The general ledger account on the other side of an entry of a kind; a transfer's is the receivable itself.
COUNTER_ACCOUNT = {
    "charge": "4000", "late_charge": "4000", "contractual_adjustment": "4100", "insurer_payment": "1000",
    "patient_payment": "1000", "takeback": "1000", "refund": "1000", "bad_debt_recovery": "5200", "transfer": "1200",
    "denial_write_off": "4300", "charity": "4200", "small_balance": "4400", "bad_debt_transfer": "5100",
}  # fmt: skip


class Entry(NamedTuple):
    """A change of what a party owes on an account. `ar` and `cash` in cents, debit positive; days are ordinals.

    `known_until` is the day on which a correction or withdrawal took the entry back, None for ever.
    """

    party: str
    kind: str
    reversal: bool
    ar: int
    cash: int
    serviced: int
    posted: int
    effective: int
    known_from: int
    known_until: int | None = None

    def is_known(self, day: int) -> bool:
        """Tell whether the entry was known on a day."""
        return self.known_from <= day and (self.known_until is None or day < self.known_until)


def story_entries(story: AccountStory) -> list[Entry]:
    """Return all entries of an account, wrong ones that were later taken back included, in order of posting."""
    account = story.account
    entries = [
        entry for position, event in enumerate(story.events) for entry in _event_entries(account, position, event)
    ]
    if misdirected := quirks.misdirected_charge(account):
        known = DELIVERY_DAYS[quirks.MISDIRECTED_DELIVERY], DELIVERY_DAYS[quirks.WITHDRAWN_DELIVERY]
        entries.append(_charged(misdirected, known[0])._replace(known_until=known[1]))
    return sorted(entries, key=lambda entry: entry.posted)


def _event_entries(account: Account, position: int, event: Event) -> Iterator[Entry]:
    match event:
        case ChargePosted():
            delivery = charge_delivery(account.number, event.line, event.recorded)
            yield _charged(event, known_day(f"{account.hospital}__charge", delivery))
        case ClaimRemitted():
            yield from _remitted(account, event)
        case PayerTookBack():
            yield _entry(account, "provider_adjustment", event.payer, "takeback", event.amount, event, event.paid_on)
        case PatientPaid():
            yield from _paid(account, position, event)
        case AccountAdjusted():
            yield from _adjusted(account, event)


def _charged(event: ChargePosted, known: int) -> Entry:
    kind = "late_charge" if event.recorded > event.serviced + LATE_AFTER_DAYS else "charge"
    days = (event.serviced, event.recorded, event.serviced)
    return Entry(event.party, kind, False, event.amount, 0, *days, known)


def _entry(account: Account, noun: str, party: str, kind: str, ar: int, event: Event, effective: int) -> Entry:
    known = known_day(f"{account.hospital}__{noun}", delivery_of(event.recorded))
    cash = -ar if COUNTER_ACCOUNT[kind] == "1000" else 0
    return Entry(party, kind, False, ar, cash, account.discharged, event.recorded, effective, known)


def _remitted(account: Account, event: ClaimRemitted) -> Iterator[Entry]:
    reversal = event.status == "22"
    if event.paid:
        payment = _entry(account, "remittance_claim", event.payer, "insurer_payment", -event.paid, event, event.paid_on)
        yield payment._replace(reversal=reversal)
    for part in event.adjustments:
        for party, kind, ar in _adjustment_effects(event, part):
            entry = _entry(account, "remittance_adjustment", party, kind, ar, event, event.paid_on)
            yield entry._replace(reversal=reversal)


def _adjustment_effects(event: ClaimRemitted, part: Adjustment) -> Iterator[tuple[str, str, int]]:
    if part.group == "PR":
        yield event.payer, "transfer", -part.amount
        yield event.crossover or PATIENT, "transfer", part.amount
    elif part.reason not in DENIAL_REASONS and (part.group, part.reason) != ("OA", "23"):
        yield event.payer, "contractual_adjustment", -part.amount


def _paid(account: Account, position: int, event: PatientPaid) -> Iterator[Entry]:
    """A patient's payment. In the corrected month the right entry may be known only from the correction on."""
    right = _payment(account, event)
    told = quirks.first_word(account, event, position)
    if told is None:
        yield right
        return
    corrected = DELIVERY_DAYS[quirks.CORRECTED_DELIVERY]
    if told.amount == event.amount:
        yield right
    else:
        yield right._replace(known_from=corrected)
    if told.amount not in {None, event.amount}:
        wrong = _payment(account, event._replace(amount=told.amount))
        yield wrong._replace(known_until=corrected)
    if told.phantom:
        yield right._replace(known_until=corrected)


def _payment(account: Account, event: PatientPaid) -> Entry:
    if event.kind == "recovery":
        entry = _entry(account, "patient_payment", PATIENT, "bad_debt_recovery", 0, event, event.paid_on)
        return entry._replace(cash=event.amount)
    ar = event.amount if event.kind == "reversal" else -event.amount
    entry = _entry(account, "patient_payment", PATIENT, "patient_payment", ar, event, event.paid_on)
    return entry._replace(reversal=event.kind == "reversal")


def _adjusted(account: Account, event: AccountAdjusted) -> Iterator[Entry]:
    noun, effective = "account_adjustment", event.effective
    ar = event.amount if event.kind == "refund" else -event.amount
    yield _entry(account, noun, event.party, event.kind, ar, event, effective)
    if event.kind == "transfer":
        yield _entry(account, noun, event.to_party, "transfer", event.amount, event, effective)
