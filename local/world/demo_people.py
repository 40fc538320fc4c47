"""Departments, providers and patients of a demo hospital, as the columns of the public data name them."""

from datetime import date, timedelta
from random import Random

from local.world import catalogue, identifiers, people
from local.world.public_shapes import columns

type Row = dict[str, str]


def departments() -> list[Row]:
    """Return the departments, numbered alike in both hospitals."""
    return [{"DeptID": f"DEPT{n:03d}", "Name": name} for n, name in enumerate(catalogue.DEPARTMENTS, 1)]


def providers(rng: Random, hospital: str, count: int) -> list[Row]:
    """Draw `count` providers with valid NPIs, spread over the departments."""
    prefix = "H1" if hospital == "hospital_a" else "H2"
    return [
        _provider(rng, f"{prefix}-PROV{n:04d}", rng.randrange(len(catalogue.DEPARTMENTS))) for n in range(1, count + 1)
    ]


def _provider(rng: Random, provider_id: str, department: int) -> Row:
    name = catalogue.DEPARTMENTS[department]
    return {
        "ProviderID": provider_id,
        "FirstName": people.first_name(rng, rng.choice(("Female", "Male"))),
        "LastName": people.last_name(rng),
        "Specialization": catalogue.SPECIALTY_OF_DEPARTMENT.get(name, name),
        "DeptID": f"DEPT{department + 1:03d}",
        "NPI": identifiers.npi(rng),
    }


def patients(rng: Random, hospital: str, count: int, registered_before: date) -> list[Row]:
    """Draw `count` patients; ids start at 1 in both hospitals, for different people."""
    header = columns(hospital, "patient")
    return [dict(zip(header, _patient(rng, n, registered_before), strict=True)) for n in range(1, count + 1)]


def _patient(rng: Random, number: int, registered_before: date) -> tuple[str, ...]:
    gender = rng.choice(("Female", "Male"))
    born = registered_before - timedelta(days=rng.randrange(200, 33000))
    changed = max(born, registered_before - timedelta(days=rng.randrange(1, 900)))
    return (
        f"HOSP1-{number:06d}",
        people.first_name(rng, gender),
        people.last_name(rng),
        people.initial(rng),
        identifiers.ssn(rng),
        identifiers.phone(rng),
        gender,
        born.isoformat(),
        people.address(rng),
        changed.isoformat(),
    )


def later_patients(rng: Random, hospital: str, earlier: list[Row], since: date, until: date) -> list[Row]:
    """Return the next full extract: some moved, some married, two are gone, one lost the telephone."""
    last_column = columns(hospital, "patient")[-1]
    name_column = columns(hospital, "patient")[2]
    moved = set(rng.sample(range(len(earlier)), len(earlier) // 16))
    married = set(rng.sample(range(len(earlier)), len(earlier) // 50))
    gone = set(rng.sample(range(len(earlier)), 2))
    silent = rng.randrange(len(earlier))
    later = []
    for position, row in enumerate(earlier):
        change = {"Address": people.address(rng)} if position in moved else {}
        change |= {name_column: people.last_name(rng)} if position in married else {}
        change |= {"PhoneNumber": ""} if position == silent else {}
        if change:
            change[last_column] = (since + timedelta(days=rng.randint(1, (until - since).days))).isoformat()
        if position not in gone:
            later.append(row | change)
    return later
