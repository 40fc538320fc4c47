"""One hospital's tables as its EMR and its claims system hold them: the shapes, spans and accidents of the public data.

At scale 1 a hospital has 5,000 patients and 10,000 each of encounters, transactions and claims; a larger scale has so
many times more, each under a key of its own. Every cell is text, NULL where the public file would be empty. As there,
who was treated where is drawn at random, so sums over these rows mean nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from local.bench.medallion.draws import Numbers, cents, chosen, days, joined, noisy_cents, numbered
from local.world import catalogue
from local.world.people import FIRST_NAMES, LAST_NAMES
from local.world.public_shapes import CPT_COLUMNS, columns

HOSPITALS = ("hospital_a", "hospital_b")
PATIENTS = 5_000
BILLS = 10_000
PROVIDERS = {"hospital_a": 25, "hospital_b": 30}
PROVIDERS_NAMED = 500  # the EMR names far more providers than its own list of them has
CPT_CODES = 1_161
FIRST_MODIFIED, FIRST_VISIT, LAST_DAY = date(2020, 1, 1), date(2024, 1, 1), date(2024, 11, 6)

CLAIM_STATUSES = ("Approved", "Denied", "Paid", "Pending", "Rejected")
PAYER_TYPES = ("Government", "Private", "Self-pay")
VISIT_TYPES = ("Routine", "Follow-up", "Emergency", "Consultation")
AMOUNT_TYPES = ("Co-pay", "Insurance", "Medicaid", "Medicare", "Self-pay")
LINES_OF_BUSINESS = ("Commercial", "Medicaid", "Medicare", "Self-Pay")
TOWNS = ("Ashford, OH 44805", "Brookfield, PA 19008", "Dunmore, PA 18512", "Harlan, KY 40831", "Ironton, MO 63650")

type Table = pa.Table
type Draw = Callable[[np.random.Generator, str, float], list[pa.Array]]


def hospital_tables(hospital: str, scale: float, seed: int) -> Mapping[str, Table]:
    """By noun the whole table, in the columns of the hospital's file; the first column is the key."""
    drawn = {}
    for number, (noun, draw) in enumerate(_DRAWS.items()):
        rng = np.random.default_rng([seed, HOSPITALS.index(hospital), number])
        drawn[noun] = pa.table(draw(rng, hospital, scale), names=list(columns(hospital, noun)))
    return drawn


def cpt_codes(seed: int) -> Table:
    """The list of procedure codes, the same for everybody: some with a leading nought or a letter, as in CPT."""
    rng = np.random.default_rng([seed, len(HOSPITALS)])
    numbers = np.sort(rng.choice(np.arange(10_000, 70_000), CPT_CODES, replace=False))
    odd = [f"{number:04d}T" for number in range(51, 64)]
    codes = pa.concat_arrays([numbered("", numbers[len(odd) :], 5), pa.array(odd)])
    categories = chosen(rng, ("AAA", "DIG", "XLAP"), CPT_CODES)
    statuses = chosen(rng, ("No Change", "No change", "Added"), CPT_CODES)
    return pa.table([categories, codes, joined("", "CPT ", codes), statuses], names=list(CPT_COLUMNS))


def _departments(_: np.random.Generator, __: str, ___: float) -> list[pa.Array]:
    names = catalogue.DEPARTMENTS
    return [numbered("DEPT", _upto(len(names)), 3), pa.array(names)]


def _providers(rng: np.random.Generator, hospital: str, _: float) -> list[pa.Array]:
    rows = PROVIDERS[hospital]
    return [
        numbered(f"H{HOSPITALS.index(hospital) + 1}-PROV", _upto(rows), 4),
        _first_names(rng, rows),
        chosen(rng, LAST_NAMES, rows),
        chosen(rng, catalogue.DEPARTMENTS, rows),
        _department_ids(rng, rows),
        numbered("", rng.integers(10**9, 10**10, rows), 10),
    ]


def _patients(rng: np.random.Generator, hospital: str, scale: float) -> list[pa.Array]:
    rows = int(PATIENTS * scale)
    return [
        numbered("HOSP1-", _upto(rows), 6),
        _first_names(rng, rows),
        chosen(rng, LAST_NAMES, rows),
        chosen(rng, tuple("ABCDEFGHJKLMNPRSTVWYZ"), rows),
        _social_security(_upto(rows) * len(HOSPITALS) + HOSPITALS.index(hospital)),
        numbered("555", rng.integers(0, 10**7, rows), 7),
        chosen(rng, ("Female", "Male"), rows),
        days(rng, date(1923, 11, 10), LAST_DAY, rows),
        addresses(rng, rows),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
    ]


def _encounters(rng: np.random.Generator, _: str, scale: float) -> list[pa.Array]:
    rows = int(BILLS * scale)
    return [
        numbered("ENC", _upto(rows), 6),
        _some(rng, "HOSP1-", int(PATIENTS * scale), rows),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
        chosen(rng, catalogue.ENCOUNTER_TYPES, rows),
        _some(rng, "PROV", PROVIDERS_NAMED, rows, 4),
        _department_ids(rng, rows),
        _procedures(rng, rows),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
    ]


def _transactions(rng: np.random.Generator, _: str, scale: float) -> list[pa.Array]:
    rows = int(BILLS * scale)
    return [
        numbered("TRANS", _upto(rows), 6),
        _some(rng, "ENC", rows, rows),
        _some(rng, "HOSP1-", int(PATIENTS * scale), rows),
        _some(rng, "PROV", PROVIDERS_NAMED, rows, 4),
        _department_ids(rng, rows),
        *(days(rng, FIRST_VISIT, LAST_DAY, rows) for _ in range(3)),
        chosen(rng, VISIT_TYPES, rows),
        noisy_cents(rng, 10_000, 100_000, rows),
        chosen(rng, AMOUNT_TYPES, rows),
        noisy_cents(rng, 1_000, 100_000, rows),
        numbered("CLAIM", rng.integers(100_000, 1_000_000, rows), 6),
        numbered("PAYOR", rng.integers(1_000, 10_000, rows), 4),
        _procedures(rng, rows),
        joined(".", numbered("I", rng.integers(10, 99, rows), 2), numbered("", rng.integers(0, 10, rows), 1)),
        chosen(rng, LINES_OF_BUSINESS, rows),
        numbered("MEDI", rng.integers(10_000, 100_000, rows), 5),
        numbered("MCARE", rng.integers(10_000, 100_000, rows), 5),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
    ]


def _claims(rng: np.random.Generator, _: str, scale: float) -> list[pa.Array]:
    rows = int(BILLS * scale)
    return [
        numbered("CLAIM", _upto(rows), 6),
        _some(rng, "TRANS", rows, rows),
        _some(rng, "HOSP1-", int(PATIENTS * scale), rows),
        _some(rng, "ENC", rows, rows),
        _some(rng, "PROV", PROVIDERS_NAMED, rows, 4),
        _department_ids(rng, rows),
        *(days(rng, FIRST_VISIT, LAST_DAY, rows) for _ in range(2)),
        chosen(rng, [payer.name for payer in catalogue.PUBLIC_PAYERS], rows),
        cents(rng, 10_000, 500_000, rows),
        cents(rng, 5_000, 500_000, rows),
        chosen(rng, CLAIM_STATUSES, rows),
        chosen(rng, PAYER_TYPES, rows),
        cents(rng, 1_000, 30_000, rows),
        cents(rng, 0, 20_000, rows),
        cents(rng, 1_000, 5_000, rows),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
        days(rng, FIRST_MODIFIED, LAST_DAY, rows),
    ]


def addresses(rng: np.random.Generator, rows: int) -> pa.Array:
    """Addresses that differ from any other in their number, most of the time."""
    street = numbered("", rng.integers(1, 100_000, rows), 1)
    return joined(", ", joined(" ", street, chosen(rng, LAST_NAMES, rows), "Road"), chosen(rng, TOWNS, rows))


def _social_security(persons: Numbers) -> pa.Array:
    """A number of nobody else's for each person, counted through all hospitals."""
    group, serial = persons // 10_000 % 99 + 1, persons % 10_000
    return joined("-", numbered("", persons // 990_000 + 1, 3), numbered("", group, 2), numbered("", serial, 4))


def _upto(rows: int) -> Numbers:
    return np.arange(1, rows + 1)


def _some(rng: np.random.Generator, prefix: str, of: int, rows: int, width: int = 6) -> pa.Array:
    return numbered(prefix, rng.integers(1, of + 1, rows), width)


def _first_names(rng: np.random.Generator, rows: int) -> pa.Array:
    return chosen(rng, [*FIRST_NAMES["Female"], *FIRST_NAMES["Male"]], rows)


def _department_ids(rng: np.random.Generator, rows: int) -> pa.Array:
    return _some(rng, "DEPT", len(catalogue.DEPARTMENTS), rows, 3)


def _procedures(rng: np.random.Generator, rows: int) -> pa.Array:
    return numbered("", rng.integers(10_000, 99_999, rows), 5)


_DRAWS: Mapping[str, Draw] = {
    "department": _departments,
    "provider": _providers,
    "patient": _patients,
    "encounter": _encounters,
    "transaction": _transactions,
    "claim": _claims,
}
