"""Accounts: one encounter each, with its patient, place, provider, payers and dates."""

from dataclasses import dataclass
from random import Random

from local.world import catalogue
from local.world.cycle.calendar import FIRST_DAY, LAST_DAY
from local.world.cycle.payers import Payer, Plan
from local.world.cycle.persons import PersonBook

PROVIDERS_PER_HOSPITAL = 40
_SERVICE_LINE = {
    "Emergency": "emergency", "Cardiology": "cardiology", "Orthopedics": "orthopedics", "Rheumatology": "orthopedics",
    "Oncology": "oncology", "Gynecology": "maternity", "Surgery": "surgery", "Anesthesiology": "surgery",
    "Urology": "surgery", "Ophthalmology": "surgery", "Radiology": "imaging", "Pathology": "imaging",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """The bill of one encounter. `final_bill` may lie after the three years: then it has not happened yet."""

    hospital: str
    number: int
    patient_number: int
    provider: int
    department: int
    patient_class: str
    encounter_type: str
    payer: Payer | None
    plan: Plan | None
    secondary: Payer | None
    behaviour: str
    admitted: int
    discharged: int
    final_bill: int

    @property
    def account_id(self) -> str:
        """The account's number as the hospital writes it; the other hospital writes the same for another account."""
        return f"ACCT{self.number:08d}"

    @property
    def service_line(self) -> str:
        """The service line of the department."""
        return service_line(self.department)


def service_line(department: int) -> str:
    """Return the service line of a department (from 1)."""
    return _SERVICE_LINE.get(catalogue.DEPARTMENTS[department - 1], "medicine")


def department_of_provider(hospital: str, provider: int) -> int:
    """Return the department (from 1) that a provider (from 1) works in."""
    return (provider * 7 + (3 if hospital == "hospital_b" else 0)) % len(catalogue.DEPARTMENTS) + 1


def draw_account(rng: Random, book: PersonBook, hospital: str, number: int) -> Account:
    """Draw an account of a hospital somewhere in the three years."""
    patient = rng.randint(1, book.patient_count(hospital))
    coverage = book.coverage(book.person_number(hospital, patient))
    provider = rng.randint(1, PROVIDERS_PER_HOSPITAL)
    patient_class = rng.choices(("outpatient", "emergency", "inpatient"), (70, 17, 13))[0]
    admitted = rng.randint(FIRST_DAY, LAST_DAY)
    discharged = admitted + (rng.randint(1, 8) if patient_class == "inpatient" else 0)
    coding = rng.randint(4, 7) if rng.random() < 0.9 else rng.randint(8, 35)
    return Account(
        hospital=hospital,
        number=number,
        patient_number=patient,
        provider=provider,
        department=department_of_provider(hospital, provider),
        patient_class=patient_class,
        encounter_type=_encounter_type(rng, patient_class),
        payer=coverage.primary,
        plan=coverage.plan,
        secondary=coverage.secondary,
        behaviour=coverage.behaviour,
        admitted=admitted,
        discharged=discharged,
        final_bill=discharged + coding,
    )


def _encounter_type(rng: Random, patient_class: str) -> str:
    if patient_class == "outpatient":
        return rng.choices(("Outpatient", "Telemedicine", "Routine Checkup"), (60, 15, 25))[0]
    return patient_class.capitalize()
