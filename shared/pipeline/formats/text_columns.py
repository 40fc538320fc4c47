"""What is checked of text cells while they are read: their length and their characters."""

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


def check_lengths(records: pa.RecordBatch, limits: Limits) -> None:
    """Breaks the file at a cell or record that is longer than its limits allow, wherever in the file it stands."""
    longest = [pc.max(pc.binary_length(column)).as_py() or 0 for column in records.columns]
    if max(longest, default=0) > limits.field_bytes:
        raise broken("field_too_long")
    if sum(longest) > limits.record_bytes:
        lengths = sum(pc.binary_length(column).to_numpy().astype(np.int64) for column in records.columns)
        if np.max(lengths) > limits.record_bytes:
            raise broken("record_too_long")


def control_findings(records: pa.RecordBatch, text: bytes) -> tuple[Finding, ...]:
    """The cells with a control character other than tab, LF and CR; `text` is what the records were parsed from."""
    if not _may_hold_control(text):
        return ()
    masks = ((name, pc.match_substring_regex(records.column(name), CONTROL)) for name in records.schema.names)
    found = ((name, np.flatnonzero(mask.to_numpy(zero_copy_only=False))) for name, mask in masks)
    return tuple(Finding(Reason(Tier.ROW, "control_char", pointer(name)), rows) for name, rows in found if len(rows))


def _may_hold_control(text: bytes) -> bool:
    low = int(np.count_nonzero(np.frombuffer(text, np.uint8) < FIRST_PRINTABLE))
    return low != sum(text.count(fine) for fine in (b"\n", b"\r", b"\t")) or DELETE in text
