"""A claim's way from the bill to its last remittance, told as events."""

from collections.abc import Iterator
from random import Random

from local.world.cycle import adjudication
from local.world.cycle.accounts import Account
from local.world.cycle.adjudication import reverse
from local.world.cycle.charges import credit
from local.world.cycle.events import (
    AccountAdjusted,
    ChargePosted,
    ClaimAcknowledged,
    ClaimEdited,
    ClaimRemitted,
    ClaimSubmitted,
    Event,
    PayerTookBack,
)
from local.world.cycle.payers import PATIENT, Payer, payday, posting_day
from local.world.shapes import HOSPITAL_B_PAYER_CODES as PAYER_SHORT_NAMES

_EDIT_CODES = ("MISSING_MODIFIER", "INVALID_DIAGNOSIS", "NO_AUTHORIZATION", "DUPLICATE_LINE")
_TOUCHED_SHARE, _REJECTED_SHARE, _FORGOTTEN_SHARE, _HELD_SHARE = 0.12, 0.035, 0.08, 0.05
_CORRECTED_SHARE, _VOIDED_SHARE, _CREDITED_SHARE = 0.03, 0.008, 0.014


class ClaimStory:
    """Tells one insured account's claim; `tell` yields its events, not in order of time."""

    def __init__(self, rng: Random, account: Account, payer: Payer, charges: list[ChargePosted]) -> None:
        """Take the account's charges; those posted after the final bill miss the first submission."""
        self._rng, self._account, self._payer = rng, account, payer
        self._charges = charges
        self._billed = [charge for charge in charges if charge.recorded <= account.final_bill]
        self._late = [charge for charge in charges if charge.recorded > account.final_bill]
        self._submissions = 0

    def tell(self) -> Iterator[Event]:
        """Yield what happens from edit to settlement."""
        rng, account = self._rng, self._account
        submitted = account.final_bill + (rng.randint(4, 20) if rng.random() < _HELD_SHARE else rng.randint(0, 3))
        corrected = rng.random() < _TOUCHED_SHARE
        yield ClaimEdited(submitted, account.final_bill, corrected, rng.choice(_EDIT_CODES) if corrected else "")
        yield self._submit(submitted, self._payer, "P", "1", self._billed)
        taken = submitted + rng.randint(1, 2)
        if rng.random() < _REJECTED_SHARE:
            yield self._acknowledge(taken, self._payer, rng.choice(("A3", "A7")))
            if rng.random() < _FORGOTTEN_SHARE:
                return
            again = taken + rng.randint(3, 12)
            yield self._submit(again, self._payer, "P", "1", self._billed)
            taken = again + rng.randint(1, 2)
        yield self._acknowledge(taken, self._payer, "A2")
        yield from self._adjudicated(self._decision_day(taken))

    def _adjudicated(self, decided: int) -> Iterator[Event]:
        if adjudication.is_denied(self._rng, self._payer):
            reason, denial = adjudication.deny(self._rng, self._payer, decided, _total(self._billed))
            yield denial
            yield from self._after_denial(reason, denial)
            return
        paid = adjudication.pay(self._rng, self._account, self._payer, decided, self._billed)
        yield paid
        yield from self._after_payment(paid)

    def _after_denial(self, reason: str, denial: ClaimRemitted) -> Iterator[Event]:
        """Correct and replace, appeal, bill the patient, write off, or leave it lying."""
        rng, posted, drawn = self._rng, denial.recorded, self._rng.random()
        if reason in {"16", "22", "109"} and drawn < 0.62:
            yield from self._replace(denial, posted + rng.randint(10, 45))
        elif reason in {"50", "197"} and drawn < 0.45:
            yield from self._readjudicate(denial, posted + rng.randint(45, 110), self._billed)
        elif reason == "27" and drawn < 0.5:
            day = posted + rng.randint(10, 30)
            yield AccountAdjusted(day, day, "transfer", self._payer.code, PATIENT, denial.charge)
        elif reason == "29" or drawn < 0.85:
            yield self._write_off(posted + rng.randint(60, 150), denial.charge)

    def _after_payment(self, paid: ClaimRemitted) -> Iterator[Event]:
        rng, drawn = self._rng, self._rng.random()
        denied_line = sum(part.amount for part in paid.adjustments if part.group == "CO" and part.reason == "50")
        if denied_line:
            if drawn < 0.6:
                yield self._write_off(paid.recorded + rng.randint(45, 120), denied_line)
        elif self._account.secondary:
            yield from self._second_payer(self._account.secondary, paid)
        elif self._late:
            yield from self._replace(
                paid, max(paid.recorded, *(late.recorded for late in self._late)) + rng.randint(3, 9)
            )
        elif drawn < _CORRECTED_SHARE:
            yield from self._readjudicate(paid, paid.recorded + rng.randint(40, 120), self._billed)
        elif drawn < _CORRECTED_SHARE + _VOIDED_SHARE:
            yield from self._void(paid, paid.recorded + rng.randint(10, 60))
        elif drawn < _CORRECTED_SHARE + _VOIDED_SHARE + _CREDITED_SHARE and len(self._billed) > 1:
            yield from self._credit(paid.recorded + rng.randint(20, 60))

    def _replace(self, remitted: ClaimRemitted, day: int) -> Iterator[Event]:
        """Submit a replacement (7) with every charge known by then; the payer reverses and decides anew."""
        known = [charge for charge in self._charges if charge.recorded <= day]
        yield self._submit(day, self._payer, "P", "7", known)
        taken = day + self._rng.randint(1, 2)
        yield self._acknowledge(taken, self._payer, "A2")
        yield from self._readjudicate(remitted, self._decision_day(taken), known)

    def _readjudicate(self, remitted: ClaimRemitted, day: int, charges: list[ChargePosted]) -> Iterator[Event]:
        """Reverse (22) and remit anew, three times in ten a week later."""
        yield reverse(self._payer, day, remitted)
        later = 7 if self._rng.random() < 0.3 else 0
        corrected = adjudication.pay(self._rng, self._account, self._payer, payday(self._payer, day) + later, charges)
        yield corrected
        if self._account.secondary:
            yield from self._second_payer(self._account.secondary, corrected)

    def _void(self, paid: ClaimRemitted, day: int) -> Iterator[Event]:
        """Void (8) a claim billed in error; all charges are credited and the payer takes its money back."""
        yield self._submit(day, self._payer, "P", "8", self._billed)
        for line, charge in enumerate(self._billed, len(self._charges) + 1):
            yield credit(charge, line, day)
        yield reverse(self._payer, day + self._rng.randint(12, 30), paid)

    def _credit(self, day: int) -> Iterator[Event]:
        """Credit a charge that was already paid; the payer is refunded, keeps the money back itself, or never asks."""
        rng, charge = self._rng, self._billed[0]
        yield credit(charge, len(self._charges) + 1, day)
        drawn, later = rng.random(), day + rng.randint(25, 70)
        if drawn < 0.4:
            yield AccountAdjusted(later + 2, later, "refund", self._payer.code, "", charge.amount)
        elif drawn < 0.8:
            paid_on = payday(self._payer, later)
            yield PayerTookBack(posting_day(paid_on), paid_on, self._payer.code, charge.amount)

    def _second_payer(self, second: Payer, paid: ClaimRemitted) -> Iterator[Event]:
        """Let the secondary payer settle what the primary left to the patient."""
        rng, left = self._rng, paid.patient_responsibility
        if left <= 0:
            return
        billed = paid.recorded + rng.randint(1, 4)
        if not paid.crossover:
            yield AccountAdjusted(billed, paid.paid_on, "transfer", PATIENT, second.code, left)
            yield self._submit(billed, second, "S", "1", self._billed)
            yield self._acknowledge(billed + 1, second, "A2")
        decided = billed + rng.randint(15, 40)
        if rng.random() < 0.06:
            denied = adjudication.deny_as_secondary(second, decided, paid.charge, left)
            yield denied
            day = denied.recorded + rng.randint(20, 60)
            yield AccountAdjusted(day, day, "transfer", second.code, PATIENT, left)
        else:
            yield adjudication.pay_as_secondary(rng, second, decided, paid.charge, left)

    def _decision_day(self, taken: int) -> int:
        return taken + max(4, round(self._rng.gauss(self._payer.days_to_decide, 5)))

    def _submit(
        self, day: int, payer: Payer, sequence: str, frequency: str, charges: list[ChargePosted]
    ) -> ClaimSubmitted:
        self._submissions += 1
        control = control_number(payer.code, self._account) if frequency != "1" else ""
        return ClaimSubmitted(
            day,
            self._submissions,
            payer.code,
            sequence,
            frequency,
            control,
            min(day, self._account.final_bill),
            _total(charges),
        )

    def _acknowledge(self, day: int, payer: Payer, category: str) -> ClaimAcknowledged:
        status = {"A2": "20", "A3": "562", "A7": "507"}[category]
        return ClaimAcknowledged(day, self._submissions, payer.code, category, status)

    def _write_off(self, day: int, amount: int) -> AccountAdjusted:
        return AccountAdjusted(day, day, "denial_write_off", self._payer.code, "", amount)


def control_number(payer_code: str, account: Account) -> str:
    """Return the payer's own number of an account's claim."""
    return f"{PAYER_SHORT_NAMES[payer_code]}{account.hospital[-1].upper()}{account.number:08d}"


def _total(charges: list[ChargePosted]) -> int:
    return sum(charge.amount for charge in charges)
