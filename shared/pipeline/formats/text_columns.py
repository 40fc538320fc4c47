"""What is checked of text cells while they are read: their length and their characters."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shared.model.file_format import Limits
from shared.model.violation import Reason, Tier
from shared.pipeline.block import Finding
from shared.pipeline.formats.broken import broken
from shared.pipeline.formats.header import pointer

CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
FIRST_PRINTABLE: Final = 0x20
DELETE: Final = b"\x7f"
FINE: Final = tuple(b"\n\r\t")

ENCODED: Final = pa.dictionary(pa.int32(), pa.string())
FEWEST_ROWS: Final = 1_000
SAMPLE: Final = 20_000
REPEATS: Final = 8


def repeating(columns: Sequence[pa.Array]) -> frozenset[int]:
    """The columns whose cells each stand in them many times on average: worth a dictionary."""
    samples = [column.slice(0, SAMPLE) for column in columns if len(column) >= FEWEST_ROWS]
    return frozenset(at for at, cells in enumerate(samples) if pc.count_distinct(cells).as_py() * REPEATS <= len(cells))


def _lengths(column: pa.Array) -> pa.Array:
    """The bytes of each cell, or of each distinct one."""
    return pc.binary_length(column.dictionary if pa.types.is_dictionary(column.type) else column)


def check_lengths(records: pa.RecordBatch, limits: Limits) -> None:
    """Breaks the file at a cell or record that is longer than its limits allow, wherever in the file it stands."""
    longest = [pc.max(_lengths(column)).as_py() or 0 for column in records.columns]
    if max(longest, default=0) > limits.field_bytes:
        raise broken("field_too_long")
    if sum(longest) > limits.record_bytes:
        plain = (column.cast(pa.string()) for column in records.columns)
        lengths = sum(pc.binary_length(column).to_numpy().astype(np.int64) for column in plain)
        if np.max(lengths) > limits.record_bytes:
            raise broken("record_too_long")


def control_findings(records: pa.RecordBatch, text: bytes) -> tuple[Finding, ...]:
    """The cells with a control character other than tab, LF and CR; `text` is what the records were parsed from."""
    if not _may_hold_control(text):
        return ()
    cells = ((name, records.column(name).cast(pa.string())) for name in records.schema.names)
    masks = ((name, pc.match_substring_regex(column, CONTROL)) for name, column in cells)
    found = ((name, np.flatnonzero(mask.to_numpy(zero_copy_only=False))) for name, mask in masks)
    return tuple(Finding(Reason(Tier.ROW, "control_char", pointer(name)), rows) for name, rows in found if len(rows))


def _may_hold_control(text: bytes) -> bool:
    codes = np.frombuffer(text, np.uint8)
    fine = sum(int(np.count_nonzero(codes == each)) for each in FINE if each in text)
    return int(np.count_nonzero(codes < FIRST_PRINTABLE)) != fine or DELETE in text
