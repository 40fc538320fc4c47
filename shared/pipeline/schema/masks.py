"""Masks over the rows of a block. None stands for the commonest of all: no row."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

type Bools = npt.NDArray[np.bool_]
type Mask = Bools | None
type Words = npt.NDArray[np.uint64]
type Ints = npt.NDArray[np.int64]


def either(masks: Iterable[Mask]) -> Mask:
    """Rows that are in some of the masks."""
    union: Mask = None
    for mask in masks:
        if mask is not None:
            union = mask if union is None else union | mask
    return union


def within(mask: Mask, rows: Mask) -> Mask:
    """Rows of `mask` that are in `rows` too; here None as `rows` means all rows."""
    return mask if mask is None or rows is None else mask & rows


def some(mask: Bools) -> Mask:
    """The mask, or None if it holds no row."""
    return mask if mask.any() else None


def dense(mask: Mask, count: int) -> Bools:
    return np.zeros(count, bool) if mask is None else mask
