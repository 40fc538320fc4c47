"""A block of records: what one step hands to the next. A file is a stream of blocks, memory holds a few of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shared.model.violation import Reason

RECORD_COLUMN: Final = "_record"
"""The column that holds a JSON record's own text: its types, digits and nulls, which text columns cannot show."""

type Rows = npt.NDArray[np.int64]
type Kinds = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason and the rows it is true of: ascending positions in the block's records, from 0, each once."""

    reason: Reason
    rows: Rows


@dataclass(frozen=True, slots=True)
class Unsplit:
    """A record that could not be split into cells, with the text as it came."""

    row_number: int
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """Records that were read together.

    `records`: one column per column of the record: text for CSV, fixed width and Excel ("" is an empty cell),
    dictionary-encoded where cells repeat; text plus `_record` for JSON; as stored for Parquet.
    `row_numbers`: their 1-based ordinals in the file, ascending int64.
    `unsplit`: the records between them that have no cells. `findings`: what reading itself found wrong with `records`.
    `kinds`: for JSON, by column, how each cell is meant (`schema.text_column.Kind`); the text alone does not tell.
    `instances`: for JSON, the value of each record at a position that `kinds` does not tell, numbers as int or Decimal.
    """

    records: pa.RecordBatch
    row_numbers: pa.Int64Array
    unsplit: tuple[Unsplit, ...] = ()
    findings: tuple[Finding, ...] = ()
    kinds: Mapping[str, Kinds] = field(default_factory=dict)
    instances: Mapping[int, Any] = field(default_factory=dict)

    def after(self, count: int) -> "Block":
        """The same block, numbered as the one that follows so many records."""
        if not count:
            return self
        unsplit = tuple(replace(row, row_number=row.row_number + count) for row in self.unsplit)
        return replace(self, row_numbers=pc.add(self.row_numbers, count), unsplit=unsplit)

    @property
    def count(self) -> int:
        """All records of the block, those without cells included."""
        return int(self.records.num_rows) + len(self.unsplit)


type Parse = Callable[[], Block]
"""The parsing of a block, still to be done, by any thread: its first record is number 1. May raise BrokenFileError."""
