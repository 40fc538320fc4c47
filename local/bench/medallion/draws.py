"""Columns of text, drawn in bulk: ids, dates, amounts and choices, NULL where a cell is empty."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

type Numbers = npt.NDArray[np.int64]


def numbered(prefix: str, numbers: Numbers, width: int) -> pa.Array:
    """`PAT000042`: a prefix and a number filled up with noughts."""
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return joined("", prefix, padded)


def joined(separator: str, *parts: pa.Array | str) -> pa.Array:
    """Columns and constants side by side."""
    return pc.binary_join_element_wise(*parts, separator)


def chosen(rng: np.random.Generator, values: Sequence[str], rows: int) -> pa.Array:
    """One of `values` for each row."""
    return pa.array(values, pa.string()).take(pa.array(rng.integers(0, len(values), rows)))


def days(rng: np.random.Generator, first: date, last: date, rows: int) -> pa.Array:
    """A day from `first` to `last` for each row, as yyyy-mm-dd."""
    return iso(rng.integers(_ordinal(first), _ordinal(last) + 1, rows))


def iso(ordinals: Numbers) -> pa.Array:
    """Days since 1970 as yyyy-mm-dd."""
    return pa.array(ordinals.astype("int32")).cast(pa.date32()).cast(pa.string())


def ordinals(texts: pa.Array) -> Numbers:
    """The inverse of `iso`."""
    counted: Numbers = texts.cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.int64)
    return counted


def cents(rng: np.random.Generator, least: int, most: int, rows: int) -> pa.Array:
    """An amount of `least` to `most` cents, in dollars, as short as it can be written: 680.3."""
    return pa.array(rng.integers(least, most, rows) / 100).cast(pa.string())


def noisy_cents(rng: np.random.Generator, least: int, most: int, rows: int) -> pa.Array:
    """The same after a stay in a 32-bit float, as the public transactions show it: 988.3699951171875."""
    kept = (rng.integers(least, most, rows) / 100).astype(np.float32)
    return pa.array(kept.astype(np.float64)).cast(pa.string())


def _ordinal(day: date) -> int:
    return (day - date(1970, 1, 1)).days
