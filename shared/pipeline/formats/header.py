"""The names in a header → where each column of the record stands in the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.model.file_format import FileFormat, Tolerance
from shared.model.violation import Tier, Violation
from shared.pipeline.formats.broken import BrokenFileError, broken

OTHER_DELIMITERS = ",;|\t:^~"


@dataclass(frozen=True, slots=True)
class Layout:
    """`names`: the columns of the block; `positions`: their places in the file, None for an optional one not there."""

    names: tuple[str, ...]
    positions: tuple[int | None, ...]
    width: int


def lay_out(header: Sequence[str], file_format: FileFormat) -> Layout:
    """Breaks the file unless the header brings every required column once and no column that nobody declared."""
    if len(header) > file_format.limits.columns:
        raise broken("too_many_columns")
    named = [file_format.aliases.get(name, name) for name in header]
    _refuse_wrong_delimiter(named, file_format)
    flaws = [*_duplicates(named, file_format), *_missing(named, file_format), *_unknown(named, file_format)]
    if flaws:
        raise BrokenFileError(*flaws)
    places = {name: position for position, name in enumerate(named)}
    names = (*file_format.columns, *(name for name in named if name not in file_format.columns))
    return Layout(names, tuple(places.get(name) for name in names), len(named))


def _refuse_wrong_delimiter(named: list[str], file_format: FileFormat) -> None:
    """One cell that another delimiter would split into declared columns was written with that delimiter."""
    expected = set(file_format.columns) | set(file_format.aliases)
    if len(named) != 1 or named[0] in expected:
        return
    splits = (named[0].split(other) for other in OTHER_DELIMITERS if other != file_format.delimiter)
    if any(len(cells) > 1 and not expected.isdisjoint(cell.strip('"') for cell in cells) for cells in splits):
        raise broken("wrong_delimiter")


def _flaw(rule: str, name: str, file_format: FileFormat) -> Violation:
    """Only declared names are shown: in a file without a header, the first record stands in its place."""
    return Violation(Tier.STRUCTURAL, rule, pointer(name) if name in file_format.columns else "", None)


def pointer(name: str) -> str:
    """The JSON pointer of a column in its record."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _duplicates(named: list[str], file_format: FileFormat) -> list[Violation]:
    seen: set[str] = set()
    flaws = []
    for name in named:
        twin = name.strip().casefold()
        if twin in seen:
            flaws.append(_flaw("duplicate_column", name, file_format))
        seen.add(twin)
    return flaws


def _missing(named: list[str], file_format: FileFormat) -> list[Violation]:
    required = (name for name in file_format.columns if name not in file_format.optional_columns)
    return [_flaw("missing_column", name, file_format) for name in required if name not in named]


def _unknown(named: list[str], file_format: FileFormat) -> list[Violation]:
    if not file_format.columns or file_format.unknown_columns is Tolerance.ACCEPT:
        return []
    return [_flaw("unknown_column", name, file_format) for name in named if name not in file_format.columns]
