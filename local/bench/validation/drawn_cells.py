"""Rows for a drawn schema: cells at, beside and just past what the schema says, and cells that fool parsers."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

ODD: Final = (
    "", "", "", "0", "-0", "-0.0", "007", ".5", "5.", "+1", "1_000", "1e3", "1E-2", "1e400", "-1", "0.1", "1.0",
    "1.50", "inf", "NaN", "true", "false", "null", " 1", "1 ", "1\n", "\u0661", "0x1", "--1", "1.2.3",
    "9007199254740993", "616.8699951171875", "123456789012345678", "0.1000000000000000055511151231257827", "1" * 24,
    "1" * 25, "-" + "9" * 23, "a", "ab", "b", "A", "é", "ABC", "abc", "xyz", "CLAIM123", "CLAIM12", "CLAIM123\n",
    "123-45", "AB1", "ZZ3", "HHHHHHHH", "3bcdefghijkl", "ENC000000001", "ENC00000000\u0661", "x.y",
    "\U0001f1e9\U0001f1ea", "a b", "\x1c", "a\x0bb", "éA", "A é", "1234567893", "1234567890", "2024-02-29",
    "2023-02-29", "1900-02-29", "2000-02-29", "2024-13-01", "0000-01-01", "2024-2-3", "9999-12-31",
    "2024-01-01T00:00:00Z", "1998-12-31T23:59:60Z", "A00.0", "S72.001A", "99213", "J1100", "D0120", "0002-1433-80",
    "0450", "11", "00", "207Q00000X", "TX", "tx", "02139", "02139-4307", "188-23-9828", "000-12-3456", "666-12-3456",
    "123-45-0000", "123456789", "MRN-1", "a@b.example", "127.0.0.1", "::1", "urn:x:y", "08:30:06Z",
    "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
)  # fmt: skip

EXAMPLES: Final = {
    "npi": ("1234567893", "1245319599", "1003000126"),
    "date": ("2024-02-29", "2023-04-30", "2023-12-31", "1999-01-01"),
    "ssn": ("188-23-9828", "188239828", "001-01-0001"),
    "ndc": ("0002-1433-80", "50242-040-62", "60575-4112-1", "55150-0188-01"),
    "icd-10-cm": ("A00.0", "S72.001A", "C7A.00", "Z3A"),
    "us-zip": ("02139", "02139-4307", "021394307"),
    "taxonomy": ("207Q00000X", "2084P0800X"),
    "mrn": ("MRN-000123", "A/1.2_3"),
}
LONGEST: Final = 7
"""Counts up to here are lengths too: cells of as many characters, each of two bytes."""


def rows(chance: random.Random, schema: Any, names: tuple[str, ...], count: int) -> list[tuple[str, ...]]:
    """As many rows; some columns hold few distinct cells, some hold many, some hold nothing odd."""
    own = schema.get("properties", {})
    pools = [_pool(chance, list(_constants(own.get(name) or schema)), count) for name in names]
    return [tuple(chance.choice(pool) for pool in pools) for _ in range(count)]


def _pool(chance: random.Random, constants: list[Any], count: int) -> list[str]:
    kind = chance.randrange(5)
    if kind == 0:
        return [_decimal(chance) for _ in range(count)]
    if kind == 1:
        return [f"CLAIM{chance.randrange(1000):03d}" for _ in range(count)]
    near = [cell for value in constants for cell in _around(chance, value)]
    return chance.choices([*ODD, *near * 4], k=3 if kind == 2 else count)


def _decimal(chance: random.Random) -> str:
    digits = str(chance.randrange(10 ** chance.randrange(1, 18)))
    point = chance.randrange(len(digits) + 1)
    text = f"{digits[:point] or '0'}.{digits[point:]}" if 0 < point < len(digits) else digits
    return chance.choice(["", "", "-"]) + text


def _constants(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict | list):
        for member in schema.values() if isinstance(schema, dict) else schema:
            yield from _constants(member)
    else:
        yield schema


def _around(chance: random.Random, value: Any) -> Iterator[str]:
    """Texts at a constant and just beside it."""
    if isinstance(value, str):
        yield from (value, value + "\n", value[:-1])
        for example in EXAMPLES.get(value, ()):
            at = chance.randrange(len(example))
            yield from (example, example[:at] + chance.choice("0123456789-A") + example[at + 1 :])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        exact = Decimal(repr(value))
        if value in range(LONGEST):
            yield from ("é" * int(value), "é" * (int(value) + 1), "é" * int(value))
        for step in (0, 1, Decimal("0.01"), Decimal(1).scaleb(int(exact.as_tuple().exponent))):
            for shown in (exact + step, exact - step, exact * chance.randrange(1, 20)):
                yield format(shown, "f")
        yield from (format(exact, "f") + ".0" * (exact == exact.to_integral_value()), format(exact, "e"), f"0{exact:f}")
