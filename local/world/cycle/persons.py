"""Who is who: persons, and the patient numbers under which hospitals know them.

A person may be a patient of both hospitals, or of one under two numbers; both hospitals number from 1. Who a person
is follows from seed and number, so little is kept.
"""

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from local.world import identifiers, people
from local.world.cycle.calendar import FIRST_DAY, LAST_DAY
from local.world.cycle.kinship import kinship
from local.world.cycle.payers import PAYERS, Payer, Plan
from local.world.shapes import HOSPITALS

_AGE_65 = FIRST_DAY - 65 * 365


@dataclass(frozen=True, slots=True)
class Person:
    """A person; `moved` and `renamed` are the days of a change of address or last name, if any.

    `head` is the number of the person whose family this one lives in, None: of none, or its head.
    """

    number: int
    gender: str
    first_name: str
    last_name: str
    later_last_name: str
    initial: str
    born: int
    ssn: str
    phone: str
    address: str
    later_address: str
    moved: int | None
    renamed: int | None
    head: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who pays for a person, and how the person pays: `prompt`, `slow` or `reluctant`."""

    primary: Payer | None
    plan: Plan | None
    secondary: Payer | None
    behaviour: str


class PersonBook:
    """The persons of a world: patient numbers per hospital, and a person or coverage by number."""

    def __init__(self, seed: int, count: int) -> None:
        """Number `count` persons' patient records in both hospitals."""
        self._seed = seed
        draw = np.random.default_rng([seed, 1])
        home = draw.random(count) < 0.55
        both, twice = draw.random(count) < 0.12, draw.random(count) < 0.025
        numbers = np.arange(count, dtype=np.int32)
        self._born = (FIRST_DAY - draw.integers(100, 33500, count)).astype(np.int32)
        self._patients = {
            hospital: draw.permutation(np.concatenate([numbers[here | both], numbers[here & twice]]))
            for hospital, here in zip(HOSPITALS, (home, ~home), strict=True)
        }

    def patient_count(self, hospital: str) -> int:
        """Return how many patient numbers a hospital has given."""
        return len(self._patients[hospital])

    def person_number(self, hospital: str, patient_number: int) -> int:
        """Return the person behind a hospital's patient number (from 1)."""
        return int(self._patients[hospital][patient_number - 1])

    def person(self, number: int) -> Person:
        """Return a person by number, with what they share with others."""
        kin = kinship(self._seed, number, len(self._born))
        person = self._unrelated(number)
        if kin.head is not None:
            head = self.person(kin.head)
            person = replace(
                person,
                head=kin.head,
                last_name=head.last_name,
                phone=head.phone,
                address=head.address,
                later_address=head.later_address,
                moved=head.moved,
            )
        if kin.namesake is not None:
            head = self.person(kin.namesake)
            person = replace(person, first_name=head.first_name, gender=head.gender)
        if kin.twin is not None and person.first_name != self.person(kin.twin).first_name:
            person = self._born_with(person, kin.twin)
        if kin.stranger is not None:
            other = self.person(kin.stranger)
            named = replace(person, first_name=other.first_name, last_name=other.last_name, gender=other.gender)
            person = self._born_with(named, kin.stranger)
        return person

    def _born_with(self, person: Person, other: int) -> Person:
        """The person, born on another's day; not where that would be an age of other payers."""
        is_old = [self._born[number] < _AGE_65 for number in (person.number, other)]
        return replace(person, born=int(self._born[other])) if is_old[0] == is_old[1] else person

    def _unrelated(self, number: int) -> Person:
        rng = Random(f"{self._seed} person {number}")
        gender = rng.choice(("Female", "Male"))
        last = people.last_name(rng)
        return Person(
            number=number,
            gender=gender,
            first_name=people.first_name(rng, gender),
            last_name=last,
            later_last_name=people.last_name(rng),
            initial=people.initial(rng),
            born=int(self._born[number]),
            ssn=identifiers.ssn(rng),
            phone=identifiers.phone(rng),
            address=people.address(rng),
            later_address=people.address(rng),
            moved=rng.randint(FIRST_DAY, LAST_DAY) if rng.random() < 0.2 else None,
            renamed=rng.randint(FIRST_DAY, LAST_DAY) if rng.random() < 0.03 else None,
            head=None,
        )

    def coverage(self, number: int) -> Coverage:
        """Return a person's coverage; the old have Medicare, some with a second payer."""
        rng = Random(f"{self._seed} coverage {number}")
        behaviour = rng.choices(("prompt", "slow", "reluctant"), (55, 27, 18))[0]
        primary, secondary = _payers(rng, old=self._born[number] < _AGE_65)
        plan = rng.choice(primary.plans) if primary else None
        return Coverage(primary, plan, secondary, behaviour)


def _payers(rng: Random, *, old: bool) -> tuple[Payer | None, Payer | None]:
    if old and rng.random() < 0.9:
        second = rng.choices(("EVERGREEN", "MEDICAID", ""), (40, 15, 45))[0]
        return PAYERS["MEDICARE"], PAYERS.get(second)
    code = rng.choices(
        ("NORTHSTAR", "HARBOR_MUTUAL", "SUMMIT_CARE", "EVERGREEN", "MEDICAID", ""), (27, 22, 16, 8, 16, 11)
    )[0]
    second = rng.choice(("NORTHSTAR", "HARBOR_MUTUAL")) if rng.random() < 0.06 else ""
    return PAYERS.get(code), PAYERS.get(second) if code and second != code else None
