"""Coded charges of an encounter: most posted within two days, some late, some taken back."""

from collections.abc import Iterator
from random import Random

from local.world import catalogue
from local.world.cycle.accounts import Account
from local.world.cycle.events import ChargePosted
from local.world.cycle.payers import PATIENT

_ROOM_CHARGE = 284500
_PROCEDURES = tuple(catalogue.PROCEDURES.items())
_LATE_SHARE, _CREDITED_SHARE = 0.04, 0.015


def draw_charges(rng: Random, account: Account) -> list[ChargePosted]:
    """Draw an account's charges; about 1.5 % of accounts have one credited a few days after it was posted."""
    charges = list(_lines(rng, account))
    if rng.random() < _CREDITED_SHARE and len(charges) > 1:
        charges.append(credit(charges[-1], len(charges) + 1, charges[-1].recorded + rng.randint(1, 3)))
    return charges


def credit(charge: ChargePosted, line: int, posted: int) -> ChargePosted:
    """Return the charge that takes another back."""
    return charge._replace(
        recorded=posted, line=line, amount=-charge.amount, quantity=-charge.quantity, corrects=charge.line
    )


def _lines(rng: Random, account: Account) -> Iterator[ChargePosted]:
    party = account.payer.code if account.payer else PATIENT
    diagnosis = rng.choice(catalogue.DIAGNOSES)
    nights = account.discharged - account.admitted
    if nights:
        yield ChargePosted(
            account.discharged + 1,
            1,
            nights * _ROOM_CHARGE,
            party,
            account.discharged,
            "0120",
            "",
            diagnosis,
            nights,
            None,
        )
    for line in range(2 if nights else 1, (2 if nights else 1) + rng.choice((1, 1, 2, 2, 3, 4))):
        procedure, price = rng.choice(_PROCEDURES)
        serviced = rng.randint(account.admitted, account.discharged)
        delay = rng.randint(4, 14) if rng.random() < _LATE_SHARE else rng.choice((0, 0, 1, 1, 2))
        revenue_code = "0450" if account.patient_class == "emergency" else "0510"
        amount = price * rng.randint(850, 1200) // 1000
        yield ChargePosted(serviced + delay, line, amount, party, serviced, revenue_code, procedure, diagnosis, 1, None)
