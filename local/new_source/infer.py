"""Guesses from a sample what its columns hold. Of its values only short lists of repeated words are kept."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.pipeline.schema.formats import is_date

MOST_RECORDS = 20_000
MOST_WORDS = 12
DELIMITERS = ",;|\t"
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
US_DATE = re.compile(r"(0[1-9]|1[0-2])/(0[1-9]|[12][0-9]|3[01])/[0-9]{4}")
US_DATE_PATTERN = (
    "^((0[13578]|1[02])/(0[1-9]|[12][0-9]|3[01])|(0[469]|11)/(0[1-9]|[12][0-9]|30)|02/(0[1-9]|1[0-9]|2[0-9]))/[0-9]{4}$"
)
WORD = re.compile(r"[A-Za-z][A-Za-z /-]{0,30}")
NAMES_A_CODE = re.compile(r"(^|_| )(id|no|nr|number|code|key|npi|ssn|zip|phone)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its guessed schema, whether each record of the sample has a value, and whether no value repeats."""

    name: str
    schema: dict[str, Any]
    is_complete: bool
    is_unique: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample says of its source."""

    delimiter: str
    columns: tuple[Column, ...]


def infer(file: Path) -> Sample:
    """Reads a UTF-8 CSV file with a header. ValueError where it is none."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        header = opened.readline()
        opened.seek(0)
        delimiter = max(DELIMITERS, key=header.count)
        rows = csv.reader(opened, delimiter=delimiter)
        names = next(rows, [])
        records = [row for row, _ in zip(rows, range(MOST_RECORDS), strict=False) if len(row) == len(names)]
    if not records or len(set(names)) < len(names) or not all(names):
        raise ValueError("the sample needs a header of different names and at least one record")
    return Sample(delimiter, tuple(_column(name, cells) for name, *cells in zip(names, *records, strict=True)))


def _column(name: str, cells: Sequence[str]) -> Column:
    values = Counter(cell for cell in cells if cell)
    is_complete = all(cells)
    return Column(name, _schema(name, values), is_complete, is_complete and len(values) == len(cells))


def _schema(name: str, values: Counter[str]) -> dict[str, Any]:
    if not values:
        return {"type": "string", "maxLength": 200}
    if _all(values, is_date):
        return {"type": "string", "format": "date"}
    if _all(values, US_DATE.fullmatch):
        return {"type": "string", "pattern": US_DATE_PATTERN}
    if not NAMES_A_CODE.search(_words(name)):
        if _all(values, INTEGER.fullmatch):
            return {"type": "integer"}
        if _all(values, NUMBER.fullmatch):
            return {"type": "number"}
        if _are_words(values):
            return {"enum": sorted(values)}
    if _all(values, re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch):
        return {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"}
    return {"type": "string", "maxLength": max(200, 2 * max(map(len, values)))}


def _all(values: Iterable[str], test: Any) -> bool:
    return all(test(value) for value in values)


def _are_words(values: Counter[str]) -> bool:
    """A few words, each of them several times: a list of values and nobody's name."""
    return len(values) <= MOST_WORDS and min(values.values()) > 2 and _all(values, WORD.fullmatch)


def _words(name: str) -> str:
    """PatientID → Patient_ID, so that the last word can be looked at."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
