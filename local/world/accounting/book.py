"""Writes the truth: entries, balance changes, persons, payables and KPIs."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from local.world.accounting.entries import COUNTER_ACCOUNT, Entry, story_entries
from local.world.accounting.general_ledger import GeneralLedger
from local.world.accounting.kpis import Kpi, KpiBook
from local.world.accounting.tables import TableWriter
from local.world.accounting.tally import LAST_VIEW, WHOLE, Slice, Tally
from local.world.cycle.calendar import MONTH_ENDS, MONTHS, iso
from local.world.cycle.payables import draw_payables
from local.world.cycle.persons import PersonBook
from local.world.cycle.story import AccountStory
from local.world.sending.deliveries import WAVE_DAYS, delivery_of, known_day
from local.world.shapes import HOSPITALS

_TEXT, _CENTS, _DAY = pa.string(), pa.int64(), pa.date32()
_ENTRIES = {
    "hospital": _TEXT, "account_id": _TEXT, "party": _TEXT, "kind": _TEXT, "is_reversal": pa.bool_(),
    "ar_cents": _CENTS, "cash_cents": _CENTS, "counter_account": _TEXT, "service_date": _DAY, "posting_date": _DAY,
    "effective_date": _DAY, "known_from": _DAY, "known_until": _DAY,
}  # fmt: skip
_BALANCE_CHANGES = {
    "hospital": _TEXT, "account_id": _TEXT, "party": _TEXT, "posting_date": _DAY, "effective_date": _DAY,
    "known_at": _DAY, "cents": _CENTS,
}  # fmt: skip
_PERSONS = {"hospital": _TEXT, "patient_id": _TEXT, "person_id": _TEXT}
_PAYABLES = {
    "hospital": _TEXT, "payee_type": _TEXT, "payee_id": _TEXT, "posting_date": _DAY, "known_at": _DAY, "cents": _CENTS,
}  # fmt: skip
_KPIS = {
    "known_at": _DAY, "hospital": _TEXT, "dimension": _TEXT, "member": _TEXT, "kpi_id": _TEXT, "period": _TEXT,
    "bucket": _TEXT, "unit": _TEXT, "numerator": _CENTS, "denominator": _CENTS, "multiplier": _CENTS, "value": _TEXT,
}  # fmt: skip


# Slices of so many last months are told.
_SLICED_MONTHS = 12


class TruthBook:
    """Keeps the truth while stories are told, and writes it down."""

    def __init__(self, folder: Path, seed: int, persons: PersonBook) -> None:
        """Write into `folder`."""
        self._folder, self._seed, self._persons = folder, seed, persons
        self._tally, self._general_ledger = Tally(), GeneralLedger()
        self._open = ExitStack()
        self._entries = self._open.enter_context(TableWriter(folder / "entries.parquet", _ENTRIES))
        self._changes = self._open.enter_context(TableWriter(folder / "balance_changes.parquet", _BALANCE_CHANGES))

    def add(self, story: AccountStory) -> None:
        """Write an account's entries and changes of balance, and add it to the figures."""
        entries = story_entries(story)
        owner = story.account.hospital, story.account.account_id
        for entry in entries:
            self._entries.write((*owner, *_entry_cells(entry)))
        for key, cents in sorted(balance_changes(entries).items()):
            if cents:
                self._changes.write((*owner, *key, cents))
        self._tally.add(story, entries)
        self._general_ledger.add(story.account.hospital, entries)

    def general_ledger(self) -> dict[str, list[tuple[str, str, int]]]:
        """Return (month, account, cents) by hospital."""
        return {hospital: self._general_ledger.balances(hospital) for hospital in HOSPITALS}

    def finish(self) -> None:
        """Write what is summed over all accounts."""
        self._open.close()
        self._tally.close()
        self._write_persons()
        self._write_payables()
        self._write_kpis()

    def _write_persons(self) -> None:
        with TableWriter(self._folder / "persons.parquet", _PERSONS) as table:
            for hospital in HOSPITALS:
                for number in range(1, self._persons.patient_count(hospital) + 1):
                    person = self._persons.person_number(hospital, number)
                    table.write((hospital, f"HOSP1-{number:06d}", f"PERSON{person:08d}"))

    def _write_payables(self) -> None:
        with TableWriter(self._folder / "payables.parquet", _PAYABLES) as table:
            for hospital in HOSPITALS:
                for entry in draw_payables(self._seed, hospital):
                    known = known_day(f"{hospital}__payable", delivery_of(entry.posted))
                    table.write((hospital, entry.payee_type, entry.payee, entry.posted, known, entry.change))

    def _write_kpis(self) -> None:
        """All KPIs of the hospitals as known at the end of each wave; of slices the last year's, as known last."""
        with TableWriter(self._folder / "kpis.parquet", _KPIS) as table:
            document = []
            for known, hospital, part, kpi in self._kpis():
                if part == WHOLE or kpi.denominator:
                    table.write(cells := _kpi_cells(known, hospital, part, kpi))
                if part == WHOLE:
                    document.append(json.dumps(_kpi_document(kpi, cells)))
        (self._folder / "kpis.json").write_text("[\n" + ",\n".join(document) + "\n]\n", encoding="utf-8")

    def _kpis(self) -> Iterator[tuple[int, str, Slice, Kpi]]:
        booked = self.general_ledger()
        for hospital in HOSPITALS:
            ledger = {(month, account): cents for month, account, cents in booked[hospital]}
            for view, known in enumerate(WAVE_DAYS):
                book = KpiBook(self._tally, ledger, view, hospital)
                for month in (m for m, last in enumerate(MONTH_ENDS) if last <= known):
                    sliced = view == LAST_VIEW and month >= len(MONTHS) - _SLICED_MONTHS
                    for part in self._tally.slices(hospital) if sliced else (WHOLE,):
                        for kpi in book.month(month, part):
                            yield known, hospital, part, kpi


def balance_changes(entries: list[Entry]) -> dict[tuple[str, int, int, int], int]:
    """Return cents by (party, posting day, effective day, day known); what is taken back is a negative change."""
    changes: defaultdict[tuple[str, int, int, int], int] = defaultdict(int)
    for entry in entries:
        changes[entry.party, entry.posted, entry.effective, entry.known_from] += entry.ar
        if entry.known_until is not None:
            changes[entry.party, entry.posted, entry.effective, entry.known_until] -= entry.ar
    return changes


def _entry_cells(entry: Entry) -> tuple[str | int | bool | None, ...]:
    money = (entry.ar, entry.cash, COUNTER_ACCOUNT[entry.kind])
    days = (entry.serviced, entry.posted, entry.effective, entry.known_from, entry.known_until)
    return (entry.party, entry.kind, entry.reversal, *money, *days)


def _kpi_cells(known: int, hospital: str, part: Slice, kpi: Kpi) -> tuple[str | int | bool | None, ...]:
    place = (known, hospital, *part, kpi.kpi_id, MONTHS[kpi.month], kpi.bucket, kpi.unit)
    return (*place, kpi.numerator, kpi.denominator, kpi.multiplier, kpi.value)


def _kpi_document(kpi: Kpi, cells: tuple[str | int | bool | None, ...]) -> dict[str, str | int | bool | None]:
    """Return a row of the table as a document, without the slice and with the day that the figure is of."""
    row = dict(zip(_KPIS, cells, strict=True))
    row["known_at"] = iso(int(row["known_at"] or 0))
    del row["dimension"], row["member"]
    return row | {"as_of": iso(MONTH_ENDS[kpi.month])}
