"""Keywords on a whole column of cells at once. What has no kernel is asked of the reference, by distinct cell."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shared.pipeline.schema.decimal_bounds import Bound, Step, Whole
from shared.pipeline.schema.dialect import knows_re2
from shared.pipeline.schema.fixed_pattern import fixed_pattern
from shared.pipeline.schema.format_kernels import FORMAT_KERNELS
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.masks import Mask, some
from shared.pipeline.schema.text_column import Reading, TextColumn

type Kernel = Callable[[TextColumn], Mask]
"""The rows that fail. What it says of empty cells, and of doubtful ones in a column of numbers, counts for nothing."""

NUMERIC: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
TEXTUAL: Final = frozenset({"pattern", "minLength", "maxLength", "format"})
EQUALITY: Final = frozenset({"enum", "const"})


def kernel(keyword: str, value: Json, reading: Reading) -> Kernel | None:
    """The kernel of a keyword for columns that are read so; None if it has none."""
    if reading is Reading.ANY:
        return None
    if keyword == "type":
        return _type({value} if isinstance(value, str) else set(value), reading)
    if reading is Reading.NUMBER:
        return _on_numbers(keyword, value)
    return _on_text(keyword, value)


def _pass(_column: TextColumn) -> Mask:
    return None


def _fail(column: TextColumn) -> Mask:
    return np.ones(column.count, bool)


def _type(types: set[str], reading: Reading) -> Kernel:
    if reading is Reading.TEXT:
        return _pass if "string" in types else _fail
    if "number" in types:
        return _pass
    return _numeric(Whole()) if "integer" in types else _fail


def _numeric(rule: Bound | Step | Whole) -> Kernel:
    return lambda column: rule.failing(column, column.numerals)


def _on_numbers(keyword: str, value: Json) -> Kernel | None:
    """Cells that the kernels see are numbers: texts among them are doubtful and asked elsewhere."""
    if keyword in TEXTUAL:
        return _pass
    if keyword == "multipleOf":
        return _numeric(Step(Decimal(value)))
    if keyword in NUMERIC:
        above, inclusive = keyword.lower().endswith("minimum"), not keyword.startswith("exclusive")
        return _numeric(Bound(Decimal(value), above, inclusive))
    return None


def _on_text(keyword: str, value: Json) -> Kernel | None:
    if keyword in NUMERIC:
        return _pass
    if keyword in EQUALITY:
        return _one_of([value] if keyword == "const" else value)
    return TEXT_KERNELS[keyword](value) if keyword in TEXT_KERNELS else None


def _one_of(values: list[Json]) -> Kernel:
    texts = pa.array([value for value in values if isinstance(value, str)], pa.string())
    return lambda column: some(~_numpy(pc.is_in(column.array, texts)))


def _pattern(pattern: str) -> Kernel | None:
    fixed = fixed_pattern(pattern)
    if fixed is not None:
        return fixed.failing
    if knows_re2(pattern):
        return lambda column: some(~_numpy(pc.match_substring_regex(column.array, pattern)))
    return None


def _longest(limit: Json) -> Kernel:
    def failing(column: TextColumn) -> Mask:
        long = column.lengths > limit  # code points are at most as many as bytes
        return some(_numpy(pc.utf8_length(column.array)) > limit) if long.any() else None

    return failing


def _shortest(limit: Json) -> Kernel:
    return lambda column: some(_numpy(pc.utf8_length(column.array)) < limit)


def _format(name: str) -> Kernel | None:
    return FORMAT_KERNELS.get(name)


TEXT_KERNELS: Final[Mapping[str, Callable[[Any], Kernel | None]]] = {
    "pattern": _pattern,
    "minLength": _shortest,
    "maxLength": _longest,
    "format": _format,
}


def _numpy(array: Any) -> Any:
    return array.to_numpy(zero_copy_only=False)
