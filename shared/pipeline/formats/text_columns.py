"""What is checked of text cells while they are read: their length and their characters."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shared.model.file_format import Limits
from shared.model.violation import Reason, Tier
from shared.pipeline.block import Finding
from shared.pipeline.formats.broken import broken
from shared.pipeline.formats.header import pointer

CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
FIRST_PRINTABLE: Final = 0x20
DELETE: Final = 0x7F
FINE: Final = tuple(b"\n\r\t")

FEWEST_ROWS: Final = 1_000
GLANCE: Final = 2_000
FRESH: Final = 0.9
SAMPLE: Final = 10_000
REPEATS: Final = 4

type Codes = npt.NDArray[np.uint8]
type Offsets = npt.NDArray[np.int32]


def repeating(columns: Sequence[pa.ChunkedArray]) -> frozenset[int]:
    """The columns whose cells each stand in them many times on average: worth a dictionary."""
    return frozenset(at for at, column in enumerate(columns) if len(column) >= FEWEST_ROWS and _repeats(column))


def _repeats(column: pa.ChunkedArray) -> bool:
    """A glance spares columns of ids and amounts, which are dear to count, the long look."""
    glance, sample = column.slice(0, GLANCE), column.slice(0, SAMPLE)
    if pc.count_distinct(glance).as_py() > FRESH * len(glance):
        return False
    return bool(pc.count_distinct(sample).as_py() * REPEATS <= len(sample))


def check_lengths(records: pa.RecordBatch, limits: Limits) -> None:
    """Breaks the file at a cell or record that is longer than its limits allow, wherever in the file it stands."""
    longest = [int(np.diff(_cells(column)[0]).max(initial=0)) for column in records.columns]
    if max(longest, default=0) > limits.field_bytes:
        raise broken("field_too_long")
    if sum(longest) > limits.record_bytes:
        plain = (column.cast(pa.string()) for column in records.columns)
        lengths = sum(pc.binary_length(column).to_numpy().astype(np.int64) for column in plain)
        if np.max(lengths) > limits.record_bytes:
            raise broken("record_too_long")


def control_findings(records: pa.RecordBatch) -> tuple[Finding, ...]:
    """The cells with a control character other than tab, LF and CR."""
    odd = (name for name in records.schema.names if _may_hold_control(_content(records.column(name))))
    masks = ((name, pc.match_substring_regex(records.column(name).cast(pa.string()), CONTROL)) for name in odd)
    found = ((name, np.flatnonzero(mask.to_numpy(zero_copy_only=False))) for name, mask in masks)
    return tuple(Finding(Reason(Tier.ROW, "control_char", pointer(name)), rows) for name, rows in found if len(rows))


def _cells(column: pa.Array) -> tuple[Offsets, Codes]:
    """Where each cell, or each distinct one, starts and the last one ends, and the bytes that these places count."""
    cells = column.dictionary if pa.types.is_dictionary(column.type) else column
    if not len(cells):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    _, places, text = cells.buffers()
    offsets = np.frombuffer(places, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return offsets, np.frombuffer(text or b"", np.uint8)


def _content(column: pa.Array) -> Codes:
    """The bytes of all cells, or of each distinct one."""
    offsets, codes = _cells(column)
    return codes[offsets[0] : offsets[-1]]


def _may_hold_control(codes: Codes) -> bool:
    lowest, highest = codes.min(initial=FIRST_PRINTABLE), codes.max(initial=0)
    if highest >= DELETE and (codes == DELETE).any():
        return True
    if lowest >= FIRST_PRINTABLE:
        return False
    fine = sum(np.count_nonzero(codes == each) for each in FINE)
    return int(np.count_nonzero(codes < FIRST_PRINTABLE)) != fine
