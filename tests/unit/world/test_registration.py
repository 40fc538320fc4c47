"""Persons who are easily taken for one another, and records that tell of them as registration desks do."""

from collections import Counter

from local.world.cycle.kinship import ROW, kinship
from local.world.cycle.persons import PersonBook
from local.world.sending.public_files import patient_rows

COUNT = 2000
SEED = 4


def test_families_share_a_roof_and_twins_a_birthday() -> None:
    book = PersonBook(SEED, COUNT)
    related = {number: kinship(SEED, number, COUNT) for number in range(COUNT)}
    found: Counter[str] = Counter()
    for number, kin in related.items():
        person = book.person(number)
        if kin.head is not None:
            head = book.person(kin.head)
            assert (person.address, person.phone, person.last_name) == (head.address, head.phone, head.last_name)
            assert person.ssn != head.ssn
            found["relative"] += 1
        if kin.twin is not None and person.born == book.person(kin.twin).born:
            found["twin"] += 1
        if kin.namesake is not None:
            assert person.first_name == book.person(kin.namesake).first_name
            found["namesake"] += 1
        if kin.stranger is not None:
            other = book.person(kin.stranger)
            assert (person.first_name, person.last_name) == (other.first_name, other.last_name)
            assert person.address != other.address
            found["stranger"] += 1
    assert found["relative"] > COUNT / ROW / 3
    assert min(found["twin"], found["namesake"], found["stranger"]) > 3


def test_two_records_of_one_person_differ_now_and_then() -> None:
    book = PersonBook(SEED, COUNT)
    told: dict[int, list[list[str]]] = {}
    for hospital in ("hospital_a", "hospital_b"):
        for delivery, row in patient_rows(SEED, book, hospital, [11]):
            assert delivery == 11
            told.setdefault(book.person_number(hospital, int(row[0][-6:])), []).append(row)
    differing: Counter[int] = Counter()
    for rows in told.values():
        for other in rows[1:]:
            differing.update(at for at, (left, right) in enumerate(zip(rows[0], other, strict=True)) if left != right)
    first_name, last_name, ssn, phone, birthday, address = (differing[at] for at in (1, 2, 4, 5, 7, 8))
    assert all((first_name, last_name, ssn, phone, birthday, address)), differing
