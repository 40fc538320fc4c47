"""Planted faults of the senders: a month sent wrong and corrected, a file that belonged elsewhere, one sent twice."""

from dataclasses import dataclass

from local.world.cycle.accounts import Account
from local.world.cycle.calendar import iso, month_of
from local.world.cycle.events import ChargePosted, PatientPaid
from local.world.cycle.payers import PATIENT
from local.world.sending.deliveries import DELIVERY_DAYS

# The corrected month: of five patient payments of hospital A the first file has one wrong, one not and one twice.
CORRECTED_SOURCE, CORRECTED_MONTH = "hospital_a__patient_payment", "2024-02"
CORRECTED_DELIVERY = 10
_WRONG_BY = 1000

# Charges of another hospital in hospital A's folder: known from one delivery to another, then withdrawn.
MISDIRECTED_DELIVERY, WITHDRAWN_DELIVERY = 9, 10
_MISDIRECTED_ACCOUNTS = 25

REDELIVERED = ("hospital_a__charge", 3, 8)  # source, its delivery, the delivery that brings it again
BAD_ROWS = ("hospital_a__charge", 5)


@dataclass(frozen=True, slots=True)
class FirstWord:
    """How the wrong file of the corrected month tells a payment: `amount` (None: not at all), and once more or not."""

    amount: int | None
    phantom: bool


def first_word(account: Account, payment: PatientPaid, position: int) -> FirstWord | None:
    """Return what the wrong file says of a payment; None where no wrong file tells it.

    `position` counts the account's payments; which fault a payment meets follows from it and the account.
    """
    if account.hospital != "hospital_a" or month_of(payment.recorded) != CORRECTED_MONTH:
        return None
    fault = (account.number + position) % 5
    return FirstWord(
        amount=payment.amount + _WRONG_BY if fault == 0 else None if fault == 1 else payment.amount,
        phantom=fault == 2,
    )


def misdirected_charge(account: Account) -> ChargePosted | None:
    """Return the charge that the misdirected file lays at an account of hospital A's, for its first accounts."""
    if account.hospital != "hospital_a" or account.number > _MISDIRECTED_ACCOUNTS:
        return None
    posted = DELIVERY_DAYS[MISDIRECTED_DELIVERY] - 20 - account.number % 20
    party = account.payer.code if account.payer else PATIENT
    amount = 10000 + account.number * 1111
    return ChargePosted(posted, 900, amount, party, posted - 1, "0510", "99213", "I10", 1, None)


def misdirected_path_suffix() -> str:
    """Return how the misdirected file is named."""
    return f"_{iso(DELIVERY_DAYS[MISDIRECTED_DELIVERY])}_other"
