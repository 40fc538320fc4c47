"""The whole story of an account, from its number and the seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from local.world.cycle.accounts import Account, draw_account
from local.world.cycle.calendar import LAST_DAY
from local.world.cycle.charges import draw_charges
from local.world.cycle.claims import ClaimStory
from local.world.cycle.events import Event
from local.world.cycle.patient_pay import PatientStory, responsibilities
from local.world.cycle.persons import PersonBook
from local.world.shapes import HOSPITALS


@dataclass(frozen=True, slots=True)
class AccountStory:
    """An account with everything recorded of it by the end of the three years, in order of record."""

    account: Account
    events: tuple[Event, ...]


def tell_stories(seed: int, claims: int, book: PersonBook) -> Iterator[AccountStory]:
    """Yield stories until `claims` of them are of insured accounts; nothing is kept between two."""
    numbers = dict.fromkeys(HOSPITALS, 0)
    index = insured = 0
    while insured < claims:
        index += 1
        rng = Random(f"{seed} account {index}")
        hospital = HOSPITALS[rng.random() >= 0.55]
        numbers[hospital] += 1
        story = _tell(rng, draw_account(rng, book, hospital, numbers[hospital]))
        insured += story.account.payer is not None
        yield story


def _tell(rng: Random, drawn: Account) -> AccountStory:
    charges = draw_charges(rng, drawn)
    account = replace(drawn, final_bill=max(drawn.final_bill, min(charge.recorded for charge in charges) + 1))
    events: list[Event] = list(charges)
    if account.payer:
        events += ClaimStory(rng, account, account.payer, charges).tell()
    events += PatientStory(rng, account).tell(responsibilities(account, events))
    recorded = (event for event in events if event.recorded <= LAST_DAY)
    return AccountStory(account, tuple(sorted(recorded, key=lambda event: event.recorded)))
