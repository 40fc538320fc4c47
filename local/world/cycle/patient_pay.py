"""What patients do about what they owe: pay in time, late, in instalments or never, and why.

The chance of not paying is planted: it rises with the patient's own behaviour, the cause of the debt and its size.
"""

from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from local.world.cycle.accounts import Account
from local.world.cycle.events import (
    AccountAdjusted,
    ChargePosted,
    ClaimRemitted,
    Event,
    PatientPaid,
)
from local.world.cycle.payers import PATIENT

CAUSE_OF_REASON = {"1": "deductible", "2": "coinsurance", "3": "copay", "96": "non_covered"}
_NEVER = {"prompt": 0.04, "slow": 0.15, "reluctant": 0.55}
_LATE = {"prompt": 0.15, "slow": 0.62, "reluctant": 0.6}
_NEVER_BY_CAUSE = {
    "self_pay": 0.2, "transfer": 0.15, "non_covered": 0.12, "deductible": 0.06, "coinsurance": 0.02, "copay": -0.02,
}  # fmt: skip
_METHODS = ("card", "check", "cash", "portal")
_SMALL_BALANCE = 1000
_RETURNED_SHARE, _TWICE_SHARE = 0.008, 0.008


class Responsibility(NamedTuple):
    """A change of what the patient owes, with its cause."""

    day: int
    cents: int
    cause: str


class Intent(NamedTuple):
    """What will happen to a part of the debt unless a correction comes first."""

    day: int
    kind: str
    cents: int


def responsibilities(account: Account, events: Iterable[Event]) -> list[Responsibility]:
    """Return the changes of the patient's responsibility that payers and billing cause, in order of day."""
    return sorted(change for event in events for change in _changes(account, event))


def _changes(account: Account, event: Event) -> Iterator[Responsibility]:
    if isinstance(event, ClaimRemitted) and not event.crossover and event.patient_responsibility:
        shares = [part for part in event.adjustments if part.group == "PR"]
        largest = max(shares, key=lambda part: abs(part.amount))
        yield Responsibility(event.recorded, event.patient_responsibility, CAUSE_OF_REASON[largest.reason])
    elif isinstance(event, AccountAdjusted) and event.party == PATIENT:
        yield Responsibility(event.recorded, -event.amount, "transfer")
    elif isinstance(event, AccountAdjusted) and event.to_party == PATIENT:
        yield Responsibility(event.recorded, event.amount, "transfer")
    elif isinstance(event, ChargePosted) and event.party == PATIENT:
        yield Responsibility(max(event.recorded, account.final_bill), event.amount, "self_pay")


class PatientStory:
    """Tells what one account's patient pays, and what becomes of the rest."""

    def __init__(self, rng: Random, account: Account) -> None:
        """Start with nothing owed and nothing paid ahead."""
        self._rng, self._account = rng, account
        self._intents: list[Intent] = []
        self._credit = 0

    def tell(self, changes: list[Responsibility]) -> Iterator[Event]:
        """Yield payments and adjustments of the patient's part."""
        if not changes:
            return
        yield from self._paid_at_the_desk(changes[0])
        for change in changes:
            if change.cents > 0:
                self._owe(change)
            else:
                self._release(change.day, -change.cents)
        for intent in self._intents:
            yield from self._carried_out(intent)
        if self._credit and self._rng.random() < 0.7:
            last = max(change.day for change in changes)
            settled = max([last, *(intent.day for intent in self._intents)]) + self._rng.randint(20, 60)
            yield AccountAdjusted(settled + 2, settled, "refund", PATIENT, "", self._credit)

    def _paid_at_the_desk(self, first: Responsibility) -> Iterator[Event]:
        plan = self._account.plan
        if plan and plan.copay and first.cents > 0 and self._rng.random() < 0.3:
            self._credit = plan.copay
            day = self._account.admitted
            yield PatientPaid(day, day, "payment", self._rng.choice(_METHODS), plan.copay)

    def _owe(self, change: Responsibility) -> None:
        used = min(self._credit, change.cents)
        self._credit -= used
        if left := change.cents - used:
            self._intents += self._intend(change._replace(cents=left))

    def _release(self, day: int, cents: int) -> None:
        """Give back what is no longer owed: first out of what has not happened yet, the rest becomes credit."""
        kept = [intent for intent in self._intents if intent.day <= day]
        for intent in sorted(self._intents[:], key=lambda intent: intent.day, reverse=True):
            if intent.day > day:
                released = min(intent.cents, cents)
                cents -= released
                if intent.cents > released:
                    kept.append(intent._replace(cents=intent.cents - released))
        self._intents = kept
        self._credit += cents

    def _intend(self, change: Responsibility) -> list[Intent]:
        rng, behaviour = self._rng, self._account.behaviour
        size = 0.15 if change.cents > 200000 else 0.06 if change.cents > 50000 else 0.0
        if rng.random() < _NEVER[behaviour] + _NEVER_BY_CAUSE[change.cause] + size:
            return self._unpaid(change)
        if rng.random() >= _LATE[behaviour]:
            return [Intent(change.day + rng.randint(3, 30), "payment", change.cents)]
        if change.cents > 30000 and rng.random() < 0.5:
            return self._instalments(change)
        return [Intent(change.day + rng.randint(31, 150), "payment", change.cents)]

    def _instalments(self, change: Responsibility) -> list[Intent]:
        count, first = self._rng.randint(3, 6), change.day + self._rng.randint(15, 45)
        part = change.cents // count
        parts = [part] * (count - 1) + [change.cents - part * (count - 1)]
        return [Intent(first + 30 * number, "payment", cents) for number, cents in enumerate(parts)]

    def _unpaid(self, change: Responsibility) -> list[Intent]:
        rng = self._rng
        if change.cents < _SMALL_BALANCE:
            return [Intent(change.day + rng.randint(45, 90), "small_balance", change.cents)]
        kind = rng.choices(("charity", "bad_debt_transfer", ""), (22, 56, 22))[0]
        return [Intent(change.day + rng.randint(120, 180), kind, change.cents)] if kind else []

    def _carried_out(self, intent: Intent) -> Iterator[Event]:
        rng = self._rng
        if intent.kind == "payment":
            yield from self._payment(intent)
            return
        effective = intent.day - (rng.randint(5, 30) if intent.kind == "charity" else 0)
        yield AccountAdjusted(intent.day, effective, intent.kind, PATIENT, "", intent.cents)
        if intent.kind == "bad_debt_transfer" and rng.random() < 0.15:
            day = intent.day + rng.randint(60, 250)
            yield PatientPaid(day + 1, day, "recovery", "check", intent.cents * rng.randint(20, 80) // 100)

    def _payment(self, intent: Intent) -> Iterator[Event]:
        """Pay; now and then the cheque is returned and paid again, or the same is paid twice."""
        rng, method = self._rng, self._rng.choice(_METHODS)
        yield PatientPaid(intent.day + rng.randint(0, 2), intent.day, "payment", method, intent.cents)
        drawn = rng.random()
        if drawn < _RETURNED_SHARE:
            day = intent.day + rng.randint(3, 7)
            yield PatientPaid(day, day, "reversal", method, intent.cents)
            if rng.random() < 0.7:
                yield PatientPaid(day + 12, day + 11, "payment", "cash", intent.cents)
        elif drawn < _RETURNED_SHARE + _TWICE_SHARE:
            day = intent.day + rng.randint(2, 10)
            yield PatientPaid(day + 1, day, "payment", method, intent.cents)
            if rng.random() < 0.8:
                back = day + rng.randint(25, 60)
                yield AccountAdjusted(back + 2, back, "refund", PATIENT, "", intent.cents)
