"""How a payer decides a claim, and what its remittance says of it."""

from random import Random

from local.world.cycle.accounts import Account
from local.world.cycle.calendar import iso
from local.world.cycle.events import Adjustment, ChargePosted, ClaimRemitted
from local.world.cycle.payers import Payer, payday, posting_day, rate, share

_REMARKS = {"16": "N290", "50": "N115", "197": "M62", "29": "N211"}
_DENIALS = ("16", "50", "197", "29", "27", "109", "22")
_DENIAL_WEIGHTS = (34, 17, 20, 9, 11, 5, 4)
_UNDERPAID_SHARE, _NON_COVERED_SHARE, _LINE_DENIED_SHARE = 0.03, 0.03, 0.04


def remit(
    payer: Payer, day: int, status: str, charge: int, adjustments: tuple[Adjustment, ...], crossover: str = ""
) -> ClaimRemitted:
    """Return what the payer's next remittance from `day` on says of a claim."""
    paid_on = payday(payer, day)
    return ClaimRemitted(posting_day(paid_on), paid_on, payer.code, status, charge, adjustments, crossover)


def reverse(payer: Payer, day: int, remitted: ClaimRemitted) -> ClaimRemitted:
    """Return the reversal (CLP02 22) of what was remitted: every amount negated."""
    negated = tuple(adjustment._replace(amount=-adjustment.amount) for adjustment in remitted.adjustments)
    return remit(payer, day, "22", -remitted.charge, negated, remitted.crossover)


def is_denied(rng: Random, payer: Payer) -> bool:
    """Draw whether the payer denies a claim."""
    return rng.random() * 100 < payer.denial_percent


def deny(rng: Random, payer: Payer, day: int, charge: int) -> tuple[str, ClaimRemitted]:
    """Deny the whole claim; return the reason and the remittance, whose CLP02 may be 1 as well as 4."""
    reason = rng.choices(_DENIALS, _DENIAL_WEIGHTS)[0]
    group = "OA" if reason in {"22", "109"} else payer.denial_group
    adjustment = Adjustment(group, reason, _REMARKS.get(reason, ""), charge)
    return reason, remit(payer, day, payer.denial_status, charge, (adjustment,))


def pay(rng: Random, account: Account, payer: Payer, day: int, charges: list[ChargePosted]) -> ClaimRemitted:
    """Adjudicate a claim as the primary payer: contract, patient's share, now and then a line not covered or denied."""
    charge = sum(line.amount for line in charges)
    special = _special_line(rng, charges)
    covered = charge - (special.amount if special else 0)
    basis_points = rate(account.hospital, payer, account.patient_class)
    underpaid = rng.randint(200, 900) if rng.random() < _UNDERPAID_SHARE else 0
    allowed = share(covered, basis_points - underpaid)
    shares = _patient_shares(rng, account, allowed, day)
    sequester = (allowed - sum(cents for _, cents in shares)) * payer.sequester // 100
    parts = [
        Adjustment("CO", "45", "", covered - allowed),
        *(Adjustment("PR", code, "", cents) for code, cents in shares),
    ]
    parts += [Adjustment("CO", "253", "", sequester)] if sequester else []
    parts += [special] if special else []
    crossover = account.secondary.code if account.secondary and payer.crosses_over and shares else ""
    return remit(
        payer, day, "19" if crossover else "1", charge, tuple(part for part in parts if part.amount), crossover
    )


def pay_as_secondary(rng: Random, payer: Payer, day: int, charge: int, left: int) -> ClaimRemitted:
    """Adjudicate what the primary payer left: OA 23 tells the rest again, the patient keeps a part now and then."""
    kept = share(left, rng.choice((0, 0, 0, 1000, 2000)))
    parts = (Adjustment("OA", "23", "", charge - left), Adjustment("PR", "2", "", kept))
    return remit(payer, day, "2", charge, tuple(part for part in parts if part.amount))


def deny_as_secondary(payer: Payer, day: int, charge: int, left: int) -> ClaimRemitted:
    """Deny what the primary payer left."""
    parts = (Adjustment("OA", "23", "", charge - left), Adjustment("CO", "27", "", left))
    return remit(payer, day, "2", charge, parts)


def _special_line(rng: Random, charges: list[ChargePosted]) -> Adjustment | None:
    """Draw a line that the payer does not cover (the patient owes it) or denies inside a claim it pays."""
    if len(charges) < 2 or any(line.amount <= 0 for line in charges):
        return None
    drawn, line = rng.random(), charges[-1]
    if drawn < _NON_COVERED_SHARE:
        return Adjustment("PR", "96", "N30", line.amount, line.line)
    if drawn < _NON_COVERED_SHARE + _LINE_DENIED_SHARE:
        return Adjustment("CO", "50", "N115", line.amount, line.line)
    return None


def _patient_shares(rng: Random, account: Account, allowed: int, day: int) -> list[tuple[str, int]]:
    """Return the patient's share by reason: deductible first (more of it is left early in the year), then the rest."""
    plan = account.plan
    if plan is None:
        return []
    month = int(iso(day)[5:7])
    left = plan.deductible * max(0, rng.randint(0, 14) - month) // 12
    deductible = min(allowed, left)
    coinsurance = (allowed - deductible) * plan.coinsurance // 100
    copay = min(plan.copay, allowed - deductible - coinsurance)
    shares = (("1", deductible), ("2", coinsurance), ("3", copay))
    return [(reason, cents) for reason, cents in shares if cents]
