"""The EMR's and claims files of the truth world, in the shapes of the public data."""

from collections.abc import Iterator, Sequence
from random import Random

from local.world import catalogue, identifiers, people
from local.world.cycle.accounts import PROVIDERS_PER_HOSPITAL, Account, department_of_provider
from local.world.cycle.calendar import iso
from local.world.cycle.events import ChargePosted, ClaimAcknowledged, ClaimRemitted, ClaimSubmitted
from local.world.cycle.persons import PersonBook
from local.world.cycle.story import AccountStory
from local.world.demo_rows import dollars
from local.world.sending.deliveries import DELIVERY_DAYS, delivery_of
from local.world.sending.registration import patient_row, register
from local.world.sending.rows import provider_id

_TYPE_OF_GROUP = {"medicare": "Government", "medicaid": "Government", "commercial": "Private"}


def department_rows() -> Iterator[list[str]]:
    """Yield the departments."""
    for number, name in enumerate(catalogue.DEPARTMENTS, 1):
        yield [f"DEPT{number:03d}", name]


def provider_rows(seed: int, hospital: str) -> Iterator[list[str]]:
    """Yield a hospital's providers; the first six work in both hospitals, under the same NPI."""
    for number in range(1, PROVIDERS_PER_HOSPITAL + 1):
        rng = Random(f"{seed} provider {number} {'' if number <= 6 else hospital}")
        department = department_of_provider(hospital, number)
        name = catalogue.DEPARTMENTS[department - 1]
        yield [
            provider_id(hospital, number),
            people.first_name(rng, rng.choice(("Female", "Male"))),
            people.last_name(rng),
            catalogue.SPECIALTY_OF_DEPARTMENT.get(name, name),
            f"DEPT{department:03d}",
            identifiers.npi(rng),
        ]


def patient_rows(
    seed: int, book: PersonBook, hospital: str, deliveries: Sequence[int]
) -> Iterator[tuple[int, list[str]]]:
    """Yield (delivery, row) of a hospital's patients, each as this record of the person tells it in that extract."""
    for number in range(1, book.patient_count(hospital) + 1):
        person, told = book.person(book.person_number(hospital, number)), register(seed, book, hospital, number)
        for delivery in deliveries:
            yield delivery, patient_row(person, told, number, DELIVERY_DAYS[delivery])


def encounter_rows(story: AccountStory) -> Iterator[tuple[int, list[str]]]:
    """Yield (delivery, row) of an encounter: when it began and again when the patient was discharged later."""
    account = story.account
    procedures = (event.procedure for event in story.events if isinstance(event, ChargePosted) and event.procedure)
    first = next(procedures, "")
    deliveries = {delivery_of(account.admitted), min(delivery_of(account.discharged), len(DELIVERY_DAYS))}
    for delivery in sorted(deliveries):
        if delivery < len(DELIVERY_DAYS):
            discharged = account.discharged <= DELIVERY_DAYS[delivery]
            yield delivery, _encounter_row(account, first, account.discharged if discharged else account.admitted)


def _encounter_row(account: Account, procedure: str, modified: int) -> list[str]:
    return [
        f"ENC{account.number:08d}",
        f"HOSP1-{account.patient_number:06d}",
        iso(account.admitted),
        account.encounter_type,
        provider_id(account.hospital, account.provider),
        f"DEPT{account.department:03d}",
        procedure,
        iso(account.admitted),
        iso(modified),
    ]


def claim_rows(story: AccountStory) -> Iterator[tuple[int, list[str]]]:
    """Yield (delivery, row) of the claim's status: in the delivery of its month, and a quarter later anew."""
    submissions = [event for event in story.events if isinstance(event, ClaimSubmitted) and event.sequence == "P"]
    if submissions:
        first = delivery_of(submissions[0].recorded)
        for delivery in range(first, min(first + 2, len(DELIVERY_DAYS))):
            yield delivery, _claim_row(story, submissions[0], DELIVERY_DAYS[delivery])


def claim_status(story: AccountStory, known: int) -> str:
    """Return the claim's status as known on a day, in the words of the public claims file."""
    status = "Pending"
    for event in story.events:
        if event.recorded > known:
            break
        if isinstance(event, ClaimAcknowledged) and status in {"Pending", "Rejected"}:
            status = "Pending" if event.category == "A2" else "Rejected"
        elif isinstance(event, ClaimRemitted) and event.status in {"1", "4", "19"}:
            status = "Denied" if event.paid == 0 and event.patient_responsibility == 0 else "Paid"
    return status


def _claim_row(story: AccountStory, submission: ClaimSubmitted, known: int) -> list[str]:
    account, payer = story.account, story.account.payer
    assert payer, "a claim has a payer"
    remitted = [
        e for e in story.events if isinstance(e, ClaimRemitted) and e.payer == payer.code and e.recorded <= known
    ]
    reasons = [part for event in remitted for part in event.adjustments if part.group == "PR"]
    shares = {reason: sum(part.amount for part in reasons if part.reason == reason) for reason in ("1", "2", "3")}
    return [
        f"CLM{account.number:08d}",
        "",
        f"HOSP1-{account.patient_number:06d}",
        f"ENC{account.number:08d}",
        provider_id(account.hospital, account.provider),
        f"DEPT{account.department:03d}",
        iso(account.admitted),
        iso(submission.recorded),
        payer.name,
        dollars(submission.amount),
        dollars(sum(event.paid for event in remitted)),
        claim_status(story, known),
        _TYPE_OF_GROUP[payer.group],
        *(dollars(shares[reason]) for reason in ("1", "2", "3")),
        iso(submission.recorded),
        iso(max([submission.recorded, *(event.recorded for event in remitted)])),
    ]
