"""What a sender states beside a file: its count of records and the sums of its amounts, told by a reader of its own."""

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from shared.model.source import SourceDefinition

NOUGHT = Decimal(0)


def control_totals(path: Path, source: SourceDefinition) -> Mapping[str, str]:
    """The blob metadata of a CSV file, as the source declares its control totals; none where it declares none."""
    controls = source.controls
    if not controls.are_declared:
        return {}
    sums = dict.fromkeys(controls.sums, NOUGHT)
    count = 0
    for record in _records(path, source):
        count += 1
        for column in sums:
            sums[column] += _amount(record[column])
    counted = {controls.record_count: str(count)} if controls.record_count else {}
    return {**counted, **{key: str(sums[column]) for column, key in controls.sums.items()}}


def _records(path: Path, source: SourceDefinition) -> Iterator[Mapping[str, str]]:
    with path.open(encoding=source.format.encoding, newline="") as file:
        lines = csv.reader(file, delimiter=source.format.delimiter)
        header = [source.format.aliases.get(name, name) for name in next(lines)]
        for cells in lines:
            yield dict(zip(header, cells, strict=True))


def _amount(cell: str) -> Decimal:
    """A cell that is no number adds nothing."""
    try:
        return Decimal(cell)
    except InvalidOperation:
        return NOUGHT
