"""What a registration desk writes down of a person: what it was told by when, with what it misheard or mistyped."""

from dataclasses import dataclass
from datetime import date
from random import Random

from local.world import identifiers
from local.world.cycle.calendar import FIRST_DAY, LAST_DAY, iso
from local.world.cycle.persons import Person, PersonBook

CALLED: dict[str, tuple[str, ...]] = {
    "Beatrice": ("Bea",), "Daphne": ("Daph",), "Edith": ("Edie",), "Esther": ("Essie",), "Helen": ("Nell",),
    "Jasmine": ("Jas",), "Judith": ("Judy",), "Lucia": ("Lucy",), "Miriam": ("Mimi",), "Rosa": ("Rosie",),
    "Sofia": ("Sophie",), "Tamara": ("Tammy",), "Arthur": ("Art",), "Carlos": ("Charlie",), "Edgar": ("Ed", "Eddie"),
    "Gilbert": ("Gil",), "Julian": ("Jules",), "Nathan": ("Nate", "Nat"), "Rafael": ("Rafa",), "Samuel": ("Sam",),
    "Stefan": ("Steve",), "Tobias": ("Toby",), "Victor": ("Vic",),
}  # fmt: skip
"""What some people are called by, and so give as their name."""

_UNTOUCHED = "2021-12-01"
_STALE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Registered:
    """What one record says of a person throughout. `since`, `until`: the contacts between which it kept up to date."""

    first_name: str
    last_names: tuple[str, str]
    initial: str
    ssn: str
    phone: str
    born: str
    since: int
    until: int


def register(seed: int, book: PersonBook, hospital: str, number: int) -> Registered:
    """Return what a hospital's patient record says, given its number."""
    person = book.person(book.person_number(hospital, number))
    rng = Random(f"{seed} {hospital} patient {number}")
    first_name, last_names = _first_name(rng, person.first_name), (person.last_name, person.later_last_name)
    initial = person.initial if rng.random() < 0.85 else ""
    ssn, phone = _ssn(rng, book, person), person.phone if rng.random() < 0.9 else identifiers.phone(rng)
    if rng.random() < 0.015:
        last_names = (_slipped(rng, last_names[0]), last_names[1])
    contacts = sorted(rng.randint(FIRST_DAY, LAST_DAY) for _ in range(2))
    since, until = contacts if rng.random() < _STALE_SHARE else (FIRST_DAY, LAST_DAY)
    return Registered(first_name, last_names, initial, ssn, phone, _born(rng, person.born), since, until)


def patient_row(person: Person, told: Registered, number: int, day: int) -> list[str]:
    """Tell a person as the record does on a day."""
    seen = min(max(day, told.since), told.until)
    moved = person.moved is not None and person.moved <= seen
    renamed = person.renamed is not None and person.renamed <= seen
    changes = [d for d in (person.moved, person.renamed) if d is not None and d <= min(day, seen)]
    return [
        f"HOSP1-{number:06d}",
        told.first_name,
        told.last_names[renamed],
        told.initial,
        told.ssn,
        told.phone,
        person.gender,
        told.born,
        person.later_address if moved else person.address,
        iso(max(changes)) if changes else _UNTOUCHED,
    ]


def _first_name(rng: Random, name: str) -> str:
    draw = rng.random()
    if draw < 0.02:
        return _slipped(rng, name)
    return rng.choice(CALLED[name]) if draw < 0.10 and name in CALLED else name


def _slipped(rng: Random, name: str) -> str:
    """Swap two inner letters."""
    if len(name) < 4:
        return name
    at = rng.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _ssn(rng: Random, book: PersonBook, person: Person) -> str:
    """One in fourteen gives none; now and then a digit is wrong, or a child is put under a parent's number."""
    draw = rng.random()
    if draw < 0.07:
        return ""
    if draw < 0.085:
        at = rng.choice((5, 7, 8, 9, 10))
        return person.ssn[:at] + str((int(person.ssn[at]) + rng.randint(1, 8)) % 10) + person.ssn[at + 1 :]
    if draw < 0.088 and person.head is not None:
        return book.person(person.head).ssn
    return person.ssn


def _born(rng: Random, born: int) -> str:
    """One birthday in a hundred has a wrong day, or day and month the wrong way round."""
    day = date.fromordinal(born)
    if rng.random() >= 0.01:
        return day.isoformat()
    if day.day <= 12 and day.day != day.month:
        return day.replace(month=day.day, day=day.month).isoformat()
    return day.replace(day=day.day - 1 if day.day > 1 else 2).isoformat()
