"""One-cent changes in files on their way: the sender's control totals are those of the file as it was sent."""

import csv
from decimal import Decimal
from itertools import chain
from pathlib import Path

from local.verify_truth.intake import Intake
from local.verify_truth.verdict import Verdict
from local.world.sending.deliveries import LandingFile
from local.world.truth import TruthWorld
from shared.model.source import SourceDefinition

ONE_CENT = Decimal("0.01")
SOURCES = (
    "hospital_a__charge",
    "hospital_b__remittance_adjustment",
    "hospital_a__patient_payment",
    "hospital_b__account_adjustment",
    "hospital_a__gl_balance",
)


def plant_in_landing(intake: Intake, world: TruthWorld, folder: Path) -> Verdict:
    """Lands a changed copy of one file of each of `SOURCES`; each is to be refused for its sum."""
    verdict = Verdict()
    files = [file for wave in reversed(world.waves) for file in wave.files if file.records and not file.cause]
    for source_id in SOURCES:
        file = next(file for file in files if file.source_id == source_id)
        changed = _with_a_cent_more(world.landing / file.path, folder / file.path, intake.source(source_id))
        ended = intake.deliver(changed, _beside(file), intake.stated(file)).outcome
        caught = (ended.status.value, ended.reason) == ("refused", "control_sum")
        found = {"truth": "refused control_sum", "found": f"{ended.status.value} {ended.reason}"}
        missed = [] if caught else [{"what": "one cent in landing", "where": file.path, **found}]
        verdict.add("one_cent_breaks", 1, not caught, missed)
    return verdict


def _beside(file: LandingFile) -> str:
    return file.path.removesuffix(".csv") + "_changed.csv"


def _with_a_cent_more(original: Path, changed: Path, source: SourceDefinition) -> Path:
    """A copy of a file with one cent more in the first record's amount."""
    column = next(iter(source.controls.sums))
    changed.parent.mkdir(parents=True, exist_ok=True)
    encoding, delimiter = source.format.encoding, source.format.delimiter
    with (
        original.open(encoding=encoding, newline="") as before,
        changed.open("w", encoding=encoding, newline="") as file,
    ):
        rows = csv.reader(before, delimiter=delimiter)
        header, first = next(rows), next(rows)
        place = header.index(column)
        first[place] = str(Decimal(first[place]) + ONE_CENT)
        csv.writer(file, delimiter=delimiter).writerows(chain([header, first], rows))
    return changed
