"""Sends the files: every row to the file of its source and delivery, and a list of the files by wave."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from local.world.cycle.payables import draw_payables
from local.world.cycle.payers import (
    CONTRACT_FROM,
    CONTRACT_TO,
    PAYERS,
    TIMELY_FILING_DAYS,
    rate,
)
from local.world.cycle.persons import PersonBook
from local.world.cycle.story import AccountStory
from local.world.public_shapes import columns, landing_path
from local.world.sending import public_files, quirks
from local.world.sending.deliveries import (
    DELIVERY_DAYS,
    WAVE_DAYS,
    WAVES,
    LandingFile,
    Violation,
    Wave,
    arrival,
    delivery_date,
    delivery_of,
    wave_of,
)
from local.world.sending.files import FileSet, OpenFile, RowFormat
from local.world.sending.remittances import RemittanceBook
from local.world.sending.rows import Cell, Row, story_rows
from local.world.shapes import HOSPITALS, SHAPES, Shape

_BAD_CHARGES = (
    (Violation(0, "format", "ServiceDate"), {"ServiceDate": "2023-02-30"}),
    (Violation(0, "type", "Amount"), {"Amount": "one hundred"}),
    (Violation(0, "required", "AccountID"), {"AccountID": ""}),
)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file being sent, with what will be said of it."""

    source_id: str
    delivery: int
    file: OpenFile
    cause: str = ""


class Sender:
    """Writes the files of a truth world while its stories are told."""

    def __init__(self, folder: Path, seed: int, book: PersonBook) -> None:
        """Send into `folder`, under landing paths."""
        self._folder, self._seed, self._book = folder, seed, book
        self._files = FileSet(folder)
        self._formats = {source_id: RowFormat(shape) for source_id, shape in SHAPES.items()}
        self._remittances = RemittanceBook(seed)
        self._open: dict[tuple[str, int, str, str], OpenFile] = {}
        self._sent: dict[str, _Sent] = {}
        self._violations: dict[str, tuple[Violation, ...]] = {}

    def send(self, story: AccountStory) -> None:
        """Write every row of an account."""
        hospital = story.account.hospital
        for row in story_rows(story):
            self._write(f"{hospital}__{row.noun}", row)
        for delivery, cells in public_files.encounter_rows(story):
            self._write_public(hospital, "encounter", delivery, cells)
        for delivery, cells in public_files.claim_rows(story):
            self._write_public(hospital, "claim", delivery, cells)
        self._remittances.add(story)

    def finish(self, general_ledger: Mapping[str, Sequence[tuple[str, str, int]]]) -> tuple[Wave, ...]:
        """Write what belongs to no account; `general_ledger` has (month, account, cents) by hospital."""
        self._write_health_system()
        for hospital in HOSPITALS:
            for row in (*self._remittances.rows(hospital), *_payable_rows(self._seed, hospital)):
                self._write(f"{hospital}__{row.noun}", row)
            for month, account, cents in general_ledger[hospital]:
                row = Row("gl_balance", delivery_of(_month_end(month)), (month, account, cents), month)
                self._write(f"{hospital}__gl_balance", row)
            self._write_master_files(hospital)
        self._plant_bad_rows()
        self._files.flush()
        return tuple(self._waves())

    def _write(self, source_id: str, row: Row) -> None:
        key = source_id, row.delivery, row.month, row.variant
        file = self._open.get(key) or self._open.setdefault(key, self._start(source_id, row))
        file.write(self._formats[source_id].cells(row.cells))

    def _start(self, source_id: str, row: Row) -> OpenFile:
        shape = SHAPES[source_id]
        suffix = {"": "", "misdirected": quirks.misdirected_path_suffix()}.get(row.variant, f"_{row.variant}")
        path = shape.path(delivery_date(row.delivery), row.month, suffix)
        file = self._files.open(path, _header(shape, row.variant), shape.delimiter)
        self._sent[path] = _Sent(source_id, row.delivery, file, row.variant)
        return file

    def _write_public(self, hospital: str, noun: str, delivery: int, cells: list[str]) -> None:
        path = landing_path(hospital, noun, delivery_date(delivery))
        sent = self._sent.get(path)
        if sent is None:
            file = self._files.open(path, columns(hospital, noun))
            sent = self._sent[path] = _Sent(f"{hospital}__{noun}", delivery, file)
        sent.file.write(cells)

    def _write_master_files(self, hospital: str) -> None:
        """Full extracts at the first delivery and at the end of each wave."""
        deliveries = (0, *(wave[-1] for wave in WAVES))
        for delivery in deliveries:
            for cells in public_files.department_rows():
                self._write_public(hospital, "department", delivery, cells)
            for cells in public_files.provider_rows(self._seed, hospital):
                self._write_public(hospital, "provider", delivery, cells)
        for delivery, cells in public_files.patient_rows(self._seed, self._book, hospital, deliveries):
            self._write_public(hospital, "patient", delivery, cells)

    def _write_health_system(self) -> None:
        for payer in PAYERS.values():
            self._write("health_system__payer", Row("payer", 0, (payer.code, payer.name, payer.group)))
            for hospital in HOSPITALS:
                for patient_class in payer.rates:
                    contract = f"{payer.code}-{hospital[-1].upper()}-{patient_class[:3].upper()}"
                    terms = str(rate(hospital, payer, patient_class)), str(TIMELY_FILING_DAYS[payer.group])
                    valid = [date.fromisoformat(day).toordinal() for day in (CONTRACT_FROM, CONTRACT_TO)]
                    cells: tuple[Cell, ...] = (contract, payer.code, hospital, patient_class, *valid, *terms)
                    self._write("health_system__payer_contract", Row("payer_contract", 0, cells))

    def _plant_bad_rows(self) -> None:
        """Append three bad charges to one file, copies of a charge under keys of their own."""
        source_id, delivery = quirks.BAD_ROWS
        path = SHAPES[source_id].path(delivery_date(delivery))
        file = self._sent[path].file
        header = list(SHAPES[source_id].header.values())
        good = ["CHG99999999-1", "ACCT00000001", "0510", "99213", "I10", "1", "100.00", "MEDICARE"]
        good += [delivery_date(delivery), delivery_date(delivery), ""]
        planted = []
        for violation, change in _BAD_CHARGES:
            file.write([change.get(name, cell) for name, cell in zip(header, good, strict=True)])
            planted.append(replace(violation, row_number=file.rows))
        self._violations[path] = tuple(planted)

    def _waves(self) -> Iterator[Wave]:
        arrivals = sorted(self._landing_files(), key=lambda pair: (pair[0], pair[1].cause == "late_file", pair[1].path))
        for position in range(len(WAVES)):
            files = tuple(file for delivery, file in arrivals if wave_of(delivery) == position)
            withdrawn = self._misdirected() if position == wave_of(quirks.WITHDRAWN_DELIVERY) else ()
            yield Wave(position + 1, date.fromordinal(WAVE_DAYS[position]), files, withdrawn)

    def _misdirected(self) -> tuple[str, ...]:
        return tuple(path for path, sent in self._sent.items() if sent.cause == "misdirected")

    def _landing_files(self) -> Iterator[tuple[int, LandingFile]]:
        """Yield each file with the delivery that brings it."""
        for path, sent in self._sent.items():
            arrived = arrival(sent.source_id, sent.delivery)
            cause = sent.cause or ("late_file" if arrived != sent.delivery else "")
            known = date.fromordinal(DELIVERY_DAYS[arrived])
            planted = self._violations.get(path, ())
            yield arrived, LandingFile(path, sent.source_id, known, sent.file.rows, "landed", cause, planted)
        yield self._redelivered()

    def _redelivered(self) -> tuple[int, LandingFile]:
        source_id, first, again = quirks.REDELIVERED
        shape = SHAPES[source_id]
        original, copy = (shape.path(delivery_date(first), suffix=suffix) for suffix in ("", "_again"))
        shutil.copyfile(self._folder / original, self._folder / copy)
        known, rows = date.fromordinal(DELIVERY_DAYS[again]), self._sent[original].file.rows
        return again, LandingFile(copy, source_id, known, rows, "duplicate_content", "redelivered")


def _header(shape: Shape, variant: str) -> list[str]:
    """Return the header a file has: Harbor Mutual names some columns its own way."""
    seen = {name: alias for alias, name in shape.aliases.items()} if variant == "harbor_mutual" else {}
    return [seen.get(name, name) for name in shape.header.values()]


def _payable_rows(seed: int, hospital: str) -> Iterator[Row]:
    for number, entry in enumerate(draw_payables(seed, hospital), 1):
        key = f"AP{number:07d}"
        place = (key, entry.document, entry.payee_type, entry.payee, entry.kind)
        yield Row("payable", delivery_of(entry.posted), (*place, entry.amount, entry.dated, entry.due, entry.posted))


def _month_end(month: str) -> int:
    year, number = int(month[:4]), int(month[5:])
    return (date(year + number // 12, number % 12 + 1, 1)).toordinal() - 1
