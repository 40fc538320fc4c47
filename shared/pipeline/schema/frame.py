"""A block as the plan of a record sees it: its columns, and which rows have which properties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from shared.pipeline.schema.masks import Bools, Mask, dense, some
from shared.pipeline.schema.text_column import TextColumn


@dataclass(frozen=True, slots=True)
class Frame:
    """The columns of one block by property name."""

    count: int
    columns: Mapping[str, TextColumn]

    def missing(self, name: str) -> Bools:
        """The rows without this property."""
        column = self.columns.get(name)
        return np.ones(self.count, bool) if column is None else dense(column.missing, self.count)


def having(name: str) -> Callable[[Frame], Bools]:
    """The rows with this property."""
    return lambda frame: ~frame.missing(name)


def any_present(frame: Frame, names: list[str]) -> Bools:
    """The rows with at least one of these properties."""
    masks = [~frame.missing(name) for name in names]
    return np.logical_or.reduce(masks) if masks else np.zeros(frame.count, bool)


def counting(limit: int, *, fewest: bool) -> Callable[[Frame], Mask]:
    """The rows with too few properties, below the limit, or with too many."""

    def rows(frame: Frame) -> Mask:
        present = np.zeros(frame.count, np.int32)
        for name in frame.columns:
            present += ~frame.missing(name)
        return some(present < limit if fewest else present > limit)

    return rows
