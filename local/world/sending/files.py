"""Many CSV files written side by side, each row to its own, with little kept in memory."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

from local.world.cycle.calendar import american, iso
from local.world.demo_rows import dollars
from local.world.sending.rows import Cell
from local.world.shapes import HOSPITAL_B_PAYER_CODES, Shape

_FLUSH_AT = 1 << 16
_PAYER_COLUMNS = frozenset(
    {
        "payer_code",
        "primary_payer_code",
        "secondary_payer_code",
        "crossover_payer_code",
        "responsible_party",
        "to_party",
    }
)


class _CsvWriter(Protocol):
    def writerow(self, row: Sequence[str]) -> object: ...


@dataclass(slots=True)
class OpenFile:
    """A file being written: rows so far, and text not yet on disk."""

    path: Path
    writer: _CsvWriter
    text: StringIO
    rows: int = 0

    def write(self, cells: Sequence[str]) -> None:
        """Append a row."""
        self.writer.writerow(cells)
        self.rows += 1
        if self.text.tell() >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Move what is held to disk."""
        with self.path.open("a", encoding="utf-8", newline="") as file:
            file.write(self.text.getvalue())
        self.text.seek(0)
        self.text.truncate()


@dataclass(slots=True)
class FileSet:
    """The open files of a folder by landing path."""

    folder: Path
    files: dict[str, OpenFile] = field(default_factory=dict)

    def open(self, path: str, header: Sequence[str], delimiter: str = ",") -> OpenFile:
        """Return the file of a landing path; the first call writes its header."""
        if path not in self.files:
            text = StringIO()
            writer: Any = csv.writer(text, delimiter=delimiter, lineterminator="\n")
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            writer.writerow(header)
            self.files[path] = OpenFile(target, writer, text)
        return self.files[path]

    def flush(self) -> None:
        """Bring all files to disk."""
        for file in self.files.values():
            file.flush()


class RowFormat:
    """Turns a noun's cells into the text cells of one source, in the order of its header."""

    def __init__(self, shape: Shape) -> None:
        """Prepare the order and the writing of each column."""
        names = [column.silver for column in shape.noun.columns]
        kinds = {column.silver: column.kind for column in shape.noun.columns}
        self._columns = [(names.index(name), _format(shape, name, kinds[name])) for name in shape.header]

    def cells(self, row: tuple[Cell, ...]) -> list[str]:
        """Return the cells as text; what is missing is empty."""
        return ["" if row[index] in {None, ""} else write(row[index]) for index, write in self._columns]


def _format(shape: Shape, name: str, kind: str) -> Callable[[Any], str]:
    if kind == "date":
        return american if shape.date_format == "MM/dd/yyyy" else iso
    if kind == "money":
        return dollars
    if name in _PAYER_COLUMNS and shape.source_id.startswith("hospital_b"):
        return HOSPITAL_B_PAYER_CODES.__getitem__
    return str
