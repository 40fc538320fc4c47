"""How the bytes of a source's files are to be read: declared in its metadata, never guessed."""

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, Self


class FileKind(StrEnum):
    CSV = "csv"
    JSON_LINES = "json_lines"
    JSON_ARRAY = "json_array"
    PARQUET = "parquet"
    FIXED_WIDTH = "fixed_width"
    EXCEL = "excel"


class Compression(StrEnum):
    """`auto` looks at the first bytes, not at the name."""

    AUTO = "auto"
    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


class Tolerance(StrEnum):
    REFUSE = "refuse"
    ACCEPT = "accept"


MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may demand; bytes are counted after decompression."""

    record_bytes: int = MIB
    field_bytes: int = 128 * 1024
    columns: int = 2_000
    output_bytes: int = 20_000_000_000
    compression_ratio: int = 200


@dataclass(frozen=True, slots=True)
class FixedField:
    """A column of a fixed-width file: `start` counts characters from 0. Blanks around a cell are padding."""

    name: str
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The declared shape of a file.

    `columns` are the record's columns under their own names, in the order bronze has them; a header may bring them in
    any order and, through `aliases` (name in the header to column), under other names. No `columns` means: whatever the
    header says. `quote` "" means that quotes are plain text. `empty` says whether a file without records is fine.
    """

    kind: FileKind = FileKind.CSV
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    compression: Compression = Compression.AUTO
    columns: tuple[str, ...] = ()
    optional_columns: frozenset[str] = frozenset()
    unknown_columns: Tolerance = Tolerance.REFUSE
    aliases: Mapping[str, str] = field(default_factory=dict)
    empty: Tolerance = Tolerance.REFUSE
    sheet: str = ""
    fixed_width: tuple[FixedField, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        _expect(len(self.delimiter) == 1 and self.delimiter.isascii(), "delimiter", "one ASCII character")
        _expect(self.delimiter not in f'\r\n"{self.quote}', "delimiter", "neither a line end nor the quote")
        _expect(
            self.quote == "" or (len(self.quote) == 1 and self.quote.isascii()), "quote", "one ASCII character or empty"
        )
        _expect(_is_encoding(self.encoding), "encoding", "an encoding that Python knows")
        _expect(
            bool(self.fixed_width) == (self.kind is FileKind.FIXED_WIDTH), "fixed_width", "given for fixed_width only"
        )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], columns: tuple[str, ...] = ()) -> Self:
        """The format that metadata declares under `format`; `columns` stand there too or come from the schema.

        Raises ValueError with the key and the known keys or values, never with anything of a file.
        """
        known = [each.name for each in fields(cls)]
        _refuse_unknown(mapping, known, "format")
        given = {key: _READ.get(key, _as_is)(value) for key, value in mapping.items()}
        return cls(**{"columns": tuple(columns), **given})


def _is_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def _expect(holds: bool, key: str, wanted: str) -> None:
    if not holds:
        raise ValueError(f"format: {key} must be {wanted}")


def _refuse_unknown(mapping: Mapping[str, Any], known: list[str], what: str) -> None:
    unknown = sorted(set(mapping) - set(known))
    if unknown:
        raise ValueError(f"{what}: unknown key {', '.join(unknown)}; known are {', '.join(known)}")


def _read_choice[T: StrEnum](choices: type[T], key: str, value: str) -> T:
    try:
        return choices(value)
    except ValueError:
        raise ValueError(f"format: {key} must be one of {', '.join(choices)}") from None


def _read_limits(mapping: Mapping[str, int]) -> Limits:
    _refuse_unknown(mapping, [each.name for each in fields(Limits)], "format: limits")
    return Limits(**mapping)


def _read_fixed_width(entries: list[Mapping[str, Any]]) -> tuple[FixedField, ...]:
    for entry in entries:
        _refuse_unknown(entry, [each.name for each in fields(FixedField)], "format: fixed_width")
    return tuple(FixedField(**entry) for entry in entries)


def _as_is(value: Any) -> Any:
    return value


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "kind": lambda value: _read_choice(FileKind, "kind", value),
    "compression": lambda value: _read_choice(Compression, "compression", value),
    "unknown_columns": lambda value: _read_choice(Tolerance, "unknown_columns", value),
    "empty": lambda value: _read_choice(Tolerance, "empty", value),
    "columns": tuple,
    "optional_columns": frozenset,
    "fixed_width": _read_fixed_width,
    "limits": _read_limits,
}
