"""One demo hospital through time: the rows that each of its extracts would hold on a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from local.world import catalogue, demo_people
from local.world.demo_billing import Bill, Encounter, draw_bills, draw_encounters
from local.world.demo_people import Row
from local.world.demo_rows import claim_row, transaction_row


@dataclass(frozen=True, slots=True)
class DemoHospital:
    """The hospital's facts; `first` and `last` are the days of its two extracts."""

    name: str
    first: date
    last: date
    departments: list[Row]
    providers: list[Row]
    patients: list[Row]
    later_patients: list[Row]
    encounters: list[Encounter]
    late_encounter: Encounter
    bills: list[Bill]

    def encounter_rows(self, since: date | None, known: date) -> list[Row]:
        """Return the encounters changed after `since` up to `known`, as a delta extract of `known` does.

        The late encounter was forgotten by the first extract and comes with the next. Every fortieth is recoded
        between the extracts.
        """
        start = since or date.min
        fresh = (e for e in self.encounters if start <= e.day < known and e is not self.late_encounter)
        rows = [encounter.row(encounter.day) for encounter in fresh]
        if since:
            rows.append(self.late_encounter.row(self.late_encounter.day))
            recoded = (e for e in self.encounters if e.number % 40 == 0 and e.day < self.first)
            rows += [e.row(since + timedelta(days=1), self._next_code(e.procedure)) for e in recoded]
        return rows

    def transaction_rows(self, since: date | None, known: date) -> list[Row]:
        """Return the transactions changed after `since` up to `known`, in their state of `known`."""
        return [
            transaction_row(bill, known)
            for bill in self.bills
            if bill.inserted <= known and (since is None or bill.modified(known) > since)
        ]

    def claim_rows(self, known: date, months: frozenset[str] | None = None) -> list[Row]:
        """Return the claims dated up to `known`, of some months (yyyy-mm) or of all."""
        rows = (claim_row(bill, known) for bill in self.bills if bill.claimed and bill.claimed <= known)
        return [row for row in rows if months is None or row["ClaimDate"][:7] in months]

    @staticmethod
    def _next_code(procedure: str) -> str:
        codes = tuple(catalogue.PROCEDURES)
        return codes[(codes.index(procedure) + 1) % len(codes)]


def draw_hospital(rng: Random, name: str, as_of: date, patients: int, encounters: int) -> DemoHospital:
    """Draw a hospital's twelve months up to `as_of`; its first extract is a week before."""
    first, start = as_of - timedelta(days=7), as_of - timedelta(days=365)
    providers = demo_people.providers(rng, name, 25 if name == "hospital_a" else 30)
    people = demo_people.patients(rng, name, patients, start)
    days = sorted(start + timedelta(days=rng.randrange(364)) for _ in range(encounters))
    drawn = draw_encounters(rng, people, providers, days)
    return DemoHospital(
        name=name,
        first=first,
        last=as_of,
        departments=demo_people.departments(),
        providers=providers,
        patients=people,
        later_patients=demo_people.later_patients(rng, name, people, first, as_of),
        encounters=drawn,
        late_encounter=drawn[encounters // 2],
        bills=list(draw_bills(rng, drawn)),
    )
