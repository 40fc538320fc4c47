"""Encounters of a demo hospital with what was billed for them and how it was paid, each state by the day it was known.

A claim's payment and its patient's share (deductible, coinsurance, copay) add up to the claim's amount, so that what a
paid claim leaves open is what the patient owes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from local.world import catalogue
from local.world.catalogue import PUBLIC_PAYERS, PublicPayer
from local.world.demo_people import Row


@dataclass(frozen=True, slots=True)
class Encounter:
    """One encounter: who, where, when, and the procedure of it."""

    number: int
    patient_id: str
    provider_id: str
    department_id: str
    day: date
    encounter_type: str
    procedure: str
    payer: PublicPayer | None

    def row(self, modified: date, procedure: str = "") -> Row:
        """Return the EMR's row as last modified on a day."""
        inserted = self.day + timedelta(days=1)
        return {
            "EncounterID": f"ENC{self.number:06d}",
            "PatientID": self.patient_id,
            "EncounterDate": self.day.isoformat(),
            "EncounterType": self.encounter_type,
            "ProviderID": self.provider_id,
            "DepartmentID": self.department_id,
            "ProcedureCode": procedure or self.procedure,
            "InsertedDate": inserted.isoformat(),
            "ModifiedDate": max(modified, inserted).isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Bill:
    """One charge with its claim and payments, in cents; dates of None never come."""

    number: int
    encounter: Encounter
    procedure: str
    diagnosis: str
    amount: int
    claimed: date | None
    decided: date | None
    outcome: str
    deductible: int
    coinsurance: int
    copay: int
    patient_paid: date | None

    @property
    def inserted(self) -> date:
        """The day after service."""
        return self.encounter.day + timedelta(days=1)

    @property
    def patient_share(self) -> int:
        """Cents that the patient owes: all of a bill without a payer."""
        return self.deductible + self.coinsurance + self.copay if self.encounter.payer else self.amount

    @property
    def insurer_paid(self) -> date | None:
        """The day of the payer's money, five days after a favourable decision."""
        return self.decided + timedelta(days=5) if self.decided and self.outcome == "Paid" else None

    def payments(self, known: date) -> list[tuple[date, int]]:
        """Return (day, cents) of what has been paid by a day."""
        insurer = (self.insurer_paid, self.amount - self.patient_share)
        patient = (self.patient_paid, self.patient_share)
        return [(day, cents) for day, cents in (insurer, patient) if day and cents and day <= known]

    def status(self, known: date) -> str:
        """Return the claim's status as the claims file of a day would have it."""
        if self.decided is None or self.decided > known:
            return "Pending"
        if self.outcome == "Paid" and self.insurer_paid and self.insurer_paid > known:
            return "Approved"
        return self.outcome

    def modified(self, known: date) -> date:
        """Return the last day up to `known` on which anything about the bill changed."""
        days = (self.inserted, self.claimed, self.decided, self.insurer_paid, self.patient_paid)
        return max(day for day in days if day and (day <= known or day == self.inserted))


def draw_encounters(rng: Random, patients: list[Row], providers: list[Row], days: list[date]) -> list[Encounter]:
    """Draw one encounter per day given, each with a patient's own payer."""
    key = next(iter(patients[0]))
    payer_of = {row[key]: rng.choices((*PUBLIC_PAYERS, None), (30, 14, 15, 18, 14, 9))[0] for row in patients}
    encounters = []
    for number, day in enumerate(days, 1):
        provider = rng.choice(providers)
        patient_id = rng.choice(patients)[key]
        kind = rng.choices(catalogue.ENCOUNTER_TYPES, (12, 38, 18, 12, 20))[0]
        procedure = rng.choice(tuple(catalogue.PROCEDURES))
        encounters.append(
            Encounter(
                number,
                patient_id,
                provider["ProviderID"],
                provider["DeptID"],
                day,
                kind,
                procedure,
                payer_of[patient_id],
            )
        )
    return encounters


def draw_bills(rng: Random, encounters: list[Encounter]) -> Iterator[Bill]:
    """Draw one or two bills per encounter."""
    number = 0
    for encounter in encounters:
        for procedure in (encounter.procedure, rng.choice(tuple(catalogue.PROCEDURES)))[: rng.choice((1, 1, 1, 2))]:
            number += 1
            yield _bill(rng, number, encounter, procedure)


def _bill(rng: Random, number: int, encounter: Encounter, procedure: str) -> Bill:
    amount = catalogue.PROCEDURES[procedure] * rng.randint(90, 115) // 100
    payer = encounter.payer
    claimed = encounter.day + timedelta(days=rng.randint(2, 9)) if payer else None
    decided = claimed + timedelta(days=max(5, round(rng.gauss(payer.days_to_pay, 6)))) if payer and claimed else None
    outcome = _outcome(rng, payer)
    deductible, coinsurance, copay = _shares(rng, amount) if outcome == "Paid" else (0, 0, 0)
    billed_patient = (
        (decided if payer else encounter.day + timedelta(days=7)) if outcome in {"Paid", "Self-pay"} else None
    )
    return Bill(
        number, encounter, procedure, rng.choice(catalogue.DIAGNOSES), amount, claimed, decided, outcome,
        deductible, coinsurance, copay, _patient_payment_day(rng, billed_patient),
    )  # fmt: skip


def _outcome(rng: Random, payer: PublicPayer | None) -> str:
    if payer is None:
        return "Self-pay"
    if rng.random() < 0.03:
        return "Rejected"
    return "Denied" if rng.random() < payer.denial_rate else "Paid"


def _shares(rng: Random, amount: int) -> tuple[int, int, int]:
    """Draw deductible, coinsurance and copay, together at most 45 % of the amount."""
    deductible = min(rng.choice((0, 0, 0, 25000, 50000, 100000)), amount // 5)
    coinsurance = amount * rng.choice((0, 5, 10, 20)) // 100
    return deductible, coinsurance, min(rng.choice((0, 1500, 2500, 4000)), amount // 20)


def _patient_payment_day(rng: Random, billed: date | None) -> date | None:
    """Most pay within a month, some late, a quarter never."""
    delay = rng.choices((rng.randint(3, 30), rng.randint(31, 150), None), (50, 25, 25))[0]
    return None if billed is None or delay is None else billed + timedelta(days=delay)
