"""Adds accounts' figures up, for each view: what was known at the end of a wave.

Almost every account's past is known alike in all views, so the last view is summed in full and an earlier one as its
difference, which only accounts touched by a planted fault make. What began in a month and goes on (cohorts) is summed
for each view.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Self

from local.world.accounting.cohorts import (
    collection_figures,
    edit_figures,
    first_pass_figures,
    patient_figures,
    status_figures,
)
from local.world.accounting.entries import Entry
from local.world.accounting.measures import CHARGE_KINDS, Figure, claim_figures, flow_figures, stock_figures
from local.world.cycle.accounts import Account, department_of_provider, service_line
from local.world.cycle.calendar import FIRST_DAY, MONTHS, month_index
from local.world.cycle.payers import PATIENT
from local.world.cycle.story import AccountStory
from local.world.sending.deliveries import DELIVERY_DAYS, WAVE_DAYS, delivery_of
from local.world.sending.rows import provider_id
from local.world.shapes import HOSPITALS

LAST_VIEW = len(WAVE_DAYS) - 1
DAYS = DELIVERY_DAYS[-1] - FIRST_DAY + 1
WHOLE = ("", "")

type Slice = tuple[str, str]
type FigureKey = tuple[str, str, int]


class Sums(dict[FigureKey, int]):
    """Amounts by figure: name, split, month."""

    @classmethod
    def of(cls, *figures: Iterable[Figure]) -> Self:
        """Add figures up."""
        sums = cls()
        for name, split, month, amount in chain(*figures):
            key = name, split, month
            sums[key] = sums.get(key, 0) + amount
        return sums

    def add(self, other: Self, sign: int = 1) -> None:
        """Add another's amounts, or take them away."""
        for key, amount in other.items():
            self[key] = self.get(key, 0) + sign * amount


class Tally:
    """Sums by view, hospital and slice (dimension, value); the slice `WHOLE` is the hospital."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._last: defaultdict[tuple[str, Slice], Sums] = defaultdict(Sums)
        self._views: list[dict[str, Sums]] = [{hospital: Sums() for hospital in HOSPITALS} for _ in WAVE_DAYS]
        self._daily: defaultdict[tuple[str, Slice], list[int]] = defaultdict(lambda: [0] * DAYS)
        self._daily_views: list[defaultdict[tuple[str, int], int]] = [defaultdict(int) for _ in WAVE_DAYS]

    def add(self, story: AccountStory, entries: list[Entry]) -> None:
        """Add an account with all its entries, in order of posting."""
        hospital = story.account.hospital
        lasting = [entry for entry in entries if entry.known_until is None]
        whole = Sums.of(_dated_figures(story, lasting, len(MONTHS) - 1), claim_figures(story), _encounter(story))
        whole.add(cohort := Sums.of(_cohort_figures(story, lasting, WAVE_DAYS[LAST_VIEW])))
        for part in _finest_slices(story.account):
            self._last[hospital, part].add(whole)
        self._add_daily(story.account, lasting)
        for view, known in enumerate(WAVE_DAYS[:LAST_VIEW]):
            if story.account.admitted <= known:
                self._views[view][hospital].add(_cohort_of(story, entries, known, cohort))
        if any(entry.known_until or entry.known_from != _natural(entry) for entry in entries):
            self._add_differences(story, entries, lasting)

    def figure(self, view: int, hospital: str, part: Slice, key: FigureKey) -> int:
        """Return a sum; slices other than `WHOLE` exist in the last view only."""
        last = self._last[hospital, part].get(key, 0)
        if view == LAST_VIEW:
            return last
        return (0 if _is_cohort(key[0]) else last) + self._views[view][hospital].get(key, 0)

    def charges_between(self, view: int, hospital: str, part: Slice, first: int, last: int) -> int:
        """Return the charges posted from one day to another, both included."""
        start = max(first, FIRST_DAY)
        total = sum(self._daily[hospital, part][start - FIRST_DAY : last - FIRST_DAY + 1])
        if view == LAST_VIEW:
            return total
        changed = self._daily_views[view].items()
        return total + sum(cents for (owner, day), cents in changed if owner == hospital and first <= day <= last)

    def slices(self, hospital: str) -> list[Slice]:
        """Return the slices seen of a hospital, `WHOLE` first."""
        return sorted(part for owner, part in self._daily if owner == hospital)

    def splits(self, name: str) -> list[str]:
        """Return the splits seen of a figure."""
        wholes = (self._last[hospital, WHOLE] for hospital in HOSPITALS)
        return sorted({split for sums in wholes for figure, split, _ in sums if figure == name})

    def close(self) -> None:
        """Sum the providers up to their departments, service lines and hospitals; nothing can be added after."""
        for (hospital, part), sums in list(self._last.items()):
            if part[0] == "provider":
                for wider in _wider_slices(hospital, part[1]):
                    self._last[hospital, wider].add(sums)
                    daily = zip(self._daily[hospital, wider], self._daily[hospital, part], strict=True)
                    self._daily[hospital, wider] = [a + b for a, b in daily]

    def _add_daily(self, account: Account, entries: list[Entry]) -> None:
        charges = [(entry.posted - FIRST_DAY, entry.ar) for entry in entries if entry.kind in CHARGE_KINDS]
        for part in _finest_slices(account):
            daily = self._daily[account.hospital, part]
            for day, cents in charges:
                daily[day] += cents

    def _add_differences(self, story: AccountStory, entries: list[Entry], lasting: list[Entry]) -> None:
        hospital = story.account.hospital
        for view, day in enumerate(WAVE_DAYS[:LAST_VIEW]):
            known = [entry for entry in entries if entry.is_known(day)]
            settled = [entry for entry in lasting if entry.posted <= day]
            for sign, side in ((1, known), (-1, settled)):
                self._views[view][hospital].add(Sums.of(_dated_figures(story, side, month_index(day))), sign)
                for entry in side:
                    if entry.kind in CHARGE_KINDS:
                        self._daily_views[view][hospital, entry.posted] += sign * entry.ar


def _cohort_of(story: AccountStory, entries: list[Entry], known: int, last: Sums) -> Sums:
    """Return an account's cohort figures as known on a day; those of the end where all was known by then."""
    if all(entry.known_from <= known and not entry.known_until for entry in entries) and _nothing_since(story, known):
        return last
    return Sums.of(_cohort_figures(story, [entry for entry in entries if entry.is_known(known)], known))


def _nothing_since(story: AccountStory, known: int) -> bool:
    return story.events[-1].recorded <= known


def _dated_figures(story: AccountStory, entries: list[Entry], last_month: int) -> Iterator[Figure]:
    yield from flow_figures(entries)
    yield from stock_figures(story, entries, last_month)


def _cohort_figures(story: AccountStory, entries: list[Entry], known: int) -> Iterator[Figure]:
    if entries:
        yield from collection_figures(story, entries)
        yield from patient_figures(story, entries, known)
    yield from edit_figures(story, known)
    yield from first_pass_figures(story, known)
    yield from status_figures(story, known)


def _encounter(story: AccountStory) -> Iterator[Figure]:
    yield Figure("encounters", "", month_index(story.account.admitted), 1)


def _is_cohort(name: str) -> bool:
    return name.startswith("cohort_")


def _natural(entry: Entry) -> int:
    return DELIVERY_DAYS[delivery_of(entry.posted)]


def _finest_slices(account: Account) -> tuple[Slice, Slice]:
    payer = account.payer.code if account.payer else PATIENT
    return ("payer", payer), ("provider", provider_id(account.hospital, account.provider))


def _wider_slices(hospital: str, provider: str) -> tuple[Slice, ...]:
    department = department_of_provider(hospital, int(provider[-4:]))
    return WHOLE, ("department", f"DEPT{department:03d}"), ("service_line", service_line(department))
