"""Guesses which noun of the common model a sample holds, and which of its columns make the noun's."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

type Noun = Mapping[str, Any]

LEAST_ALIKE = 0.62
EXPANDED = {
    "dob": "birth date", "dt": "date", "amt": "amount", "no": "id", "nr": "id", "number": "id", "first": "first name",
    "last": "last name", "f": "first", "l": "last", "m": "middle", "dept": "department", "prov": "provider",
    "pt": "patient", "enc": "encounter", "sex": "gender", "payor": "payer", "icd": "diagnosis", "cpt": "procedure",
}  # fmt: skip


def match_columns(noun: Noun, columns: Sequence[str]) -> dict[str, str]:
    """Column of the noun to the column of the sample that is called most alike; each column once, the best first."""
    alike = sorted(
        (
            (_alikeness(target, column, noun["noun"]), target, column)
            for target in noun["columns"]
            for column in columns
        ),
        key=lambda found: -found[0],
    )
    matched: dict[str, str] = {}
    for likeness, target, column in alike:
        if likeness >= LEAST_ALIKE and target not in matched and column not in matched.values():
            matched[target] = column
    return {target: matched[target] for target in noun["columns"] if target in matched}


def match_noun(nouns: Iterable[Noun], columns: Sequence[str], hint: str) -> Noun:
    """The noun that the hint names; else the one that explains most of the columns."""
    known = {noun["noun"]: noun for noun in nouns}
    if hint in known:
        return known[hint]
    return max(known.values(), key=lambda noun: _explained(noun, columns))


def _explained(noun: Noun, columns: Sequence[str]) -> float:
    return 2 * len(match_columns(noun, columns)) / (len(noun["columns"]) + len(columns))


def _alikeness(target: str, column: str, noun: str) -> float:
    """From 0 to 1; a column `ID` or `Name` is the noun's own."""
    said, wanted = _words(column), target.replace("_", " ")
    own = f"{noun.replace('_', ' ')} {said}"
    return max(SequenceMatcher(None, text, wanted).ratio() for text in (said, own))


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", " ", name).lower()
    return " ".join(EXPANDED.get(word, word) for word in spaced.split())
