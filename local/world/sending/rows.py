"""Events as rows of the sources' files, in the order of the nouns' columns. Days are ordinals, money is cents."""

from collections.abc import Iterator
from typing import NamedTuple

from local.world.cycle.accounts import Account
from local.world.cycle.calendar import LAST_DAY, iso, month_of
from local.world.cycle.claims import control_number
from local.world.cycle.events import (
    AccountAdjusted,
    ChargePosted,
    ClaimAcknowledged,
    ClaimEdited,
    ClaimRemitted,
    ClaimSubmitted,
    Event,
    PatientPaid,
    PayerTookBack,
)
from local.world.cycle.story import AccountStory
from local.world.sending import quirks
from local.world.sending.deliveries import DELIVERY_DAYS, charge_delivery, delivery_of
from local.world.shapes import HOSPITAL_B_PAYER_CODES as PAYER_SHORT_NAMES

type Cell = str | int | None


class Row(NamedTuple):
    """A row for one source's file of a delivery. `month` is the file's period where it has one."""

    noun: str
    delivery: int
    cells: tuple[Cell, ...]
    month: str = ""
    variant: str = ""


def story_rows(story: AccountStory) -> Iterator[Row]:
    """Yield every row that tells of an account, apart from the files of the EMR."""
    account = story.account
    yield from _account_rows(account)
    for position, event in enumerate(story.events):
        yield from _event_rows(account, position, event)
    if misdirected := quirks.misdirected_charge(account):
        cells = _charge_cells(account, misdirected)
        yield Row("charge", quirks.MISDIRECTED_DELIVERY, cells, variant="misdirected")


def remittance_id(payer_code: str, paid_on: int) -> str:
    """Return the trace number of a payer's payment of a day; each hospital has its own of that number."""
    return f"{PAYER_SHORT_NAMES[payer_code]}{iso(paid_on).replace('-', '')}"


def provider_id(hospital: str, number: int) -> str:
    """Return a provider's id in a hospital."""
    return f"H{1 if hospital == 'hospital_a' else 2}-PROV{number:04d}"


def _account_rows(account: Account) -> Iterator[Row]:
    """The account as of each delivery in which it was opened, discharged or billed."""
    days = (account.admitted, account.discharged, account.final_bill)
    for delivery in sorted({delivery_of(day) for day in days if day <= LAST_DAY}):
        known = DELIVERY_DAYS[delivery]
        discharged, billed = (day if day <= known else None for day in days[1:])
        cells: tuple[Cell, ...] = (
            account.account_id,
            f"ENC{account.number:08d}",
            f"HOSP1-{account.patient_number:06d}",
            provider_id(account.hospital, account.provider),
            f"DEPT{account.department:03d}",
            account.patient_class,
            account.service_line,
            account.payer.code if account.payer else None,
            account.plan.code if account.plan else None,
            account.secondary.code if account.secondary else None,
            account.admitted,
            discharged,
            billed,
            max(day for day in days if day <= known),
        )
        yield Row("account", delivery, cells)


def _event_rows(account: Account, position: int, event: Event) -> Iterator[Row]:
    match event:
        case ChargePosted():
            delivery = charge_delivery(account.number, event.line, event.recorded)
            yield Row("charge", delivery, _charge_cells(account, event))
        case ClaimRemitted():
            yield from _remitted_rows(account, position, event)
        case PatientPaid():
            yield from _payment_rows(account, position, event)
        case _:
            noun, cells = _plain_row(account, position, event)
            yield Row(noun, delivery_of(event.recorded), cells)


def _plain_row(
    account: Account,
    position: int,
    event: ClaimEdited | ClaimSubmitted | ClaimAcknowledged | PayerTookBack | AccountAdjusted,
) -> tuple[str, tuple[Cell, ...]]:
    claim, account_id = f"CLM{account.number:08d}", account.account_id
    match event:
        case ClaimEdited(released, received, corrected, edit_code):
            status = "corrected" if corrected else "passed"
            return "claim_edit", (claim, account_id, received, status, edit_code, released)
        case ClaimSubmitted(day, number, payer, sequence, frequency, control, billed, amount):
            key = f"SUB{account.number:08d}-{number}"
            place = (key, claim, account_id, payer, sequence, frequency, control)
            return "claim_submission", (*place, billed, day, amount)
        case ClaimAcknowledged(day, number, payer, category, status):
            key, submission = f"ACK{account.number:08d}-{number}", f"SUB{account.number:08d}-{number}"
            return "claim_acknowledgement", (key, submission, claim, payer, day, category, status)
        case PayerTookBack(posted, paid_on, payer, amount):
            remittance = remittance_id(payer, paid_on)
            key = f"{remittance}-WO-{account.number:08d}"
            money = (paid_on, posted, "WO", claim, account_id, amount)
            return "provider_adjustment", (key, remittance, payer, *money)
        case AccountAdjusted(posted, effective, kind, party, to_party, amount):
            key = f"ADJ{account.number:08d}-{position}"
            return "account_adjustment", (key, account_id, kind, party, to_party, amount, effective, posted)


def _charge_cells(account: Account, charge: ChargePosted) -> tuple[Cell, ...]:
    corrected = f"CHG{account.number:08d}-{charge.corrects}" if charge.corrects else None
    return (
        f"CHG{account.number:08d}-{charge.line}",
        account.account_id,
        charge.revenue_code,
        charge.procedure,
        charge.diagnosis,
        str(charge.quantity),
        charge.amount,
        charge.party,
        charge.serviced,
        charge.recorded,
        corrected,
    )


def _remitted_rows(account: Account, position: int, event: ClaimRemitted) -> Iterator[Row]:
    delivery = delivery_of(event.recorded)
    variant = "harbor_mutual" if account.hospital == "hospital_a" and event.payer == "HARBOR_MUTUAL" else ""
    remittance, claim = remittance_id(event.payer, event.paid_on), f"CLM{account.number:08d}"
    key = f"{remittance}-{account.number:08d}-{position}"
    dates = (event.paid_on, event.recorded)
    control = control_number(event.payer, account)
    yield Row(
        "remittance_claim",
        delivery,
        (
            key, remittance, claim, account.account_id, event.payer, *dates, event.status, control,
            event.charge, event.paid, event.patient_responsibility, event.crossover,
        ),
        variant=variant,
    )  # fmt: skip
    for number, part in enumerate(event.adjustments, 1):
        line = f"CHG{account.number:08d}-{part.line}" if part.line else None
        cells: tuple[Cell, ...] = (
            f"{key}-{number}", key, remittance, claim, account.account_id, event.payer, *dates, event.status,
            event.crossover, line, part.group, part.reason, part.remark, part.amount,
        )  # fmt: skip
        yield Row("remittance_adjustment", delivery, cells, variant=variant)


def _payment_rows(account: Account, position: int, event: PatientPaid) -> Iterator[Row]:
    """A patient's payment; in the corrected month also what the first, wrong file says of it."""
    month, delivery = month_of(event.recorded), delivery_of(event.recorded)
    key = f"PAY{account.number:08d}-{position}"
    told = quirks.first_word(account, event, position)
    if told is None:
        yield Row("patient_payment", delivery, _payment_cells(account, key, event, event.amount), month)
        return
    corrected = _payment_cells(account, key, event, event.amount)
    yield Row("patient_payment", quirks.CORRECTED_DELIVERY, corrected, month, "corrected")
    if told.amount is not None:
        yield Row("patient_payment", delivery, _payment_cells(account, key, event, told.amount), month)
    if told.phantom:
        yield Row("patient_payment", delivery, _payment_cells(account, f"{key}-X", event, event.amount), month)


def _payment_cells(account: Account, key: str, event: PatientPaid, amount: int) -> tuple[Cell, ...]:
    return key, account.account_id, event.kind, event.method, event.paid_on, event.recorded, amount
