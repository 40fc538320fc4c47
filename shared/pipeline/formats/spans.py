"""Spans of a text → one Arrow column, without a loop: as views of the text, which Arrow then copies together."""

from typing import Any, Final

import numpy as np
import pyarrow as pa

INLINE: Final = 12
"""Arrow keeps texts up to this length in the view itself, longer ones by their first four bytes and their place."""

MASKS: Final = np.array([(1 << (8 * length)) - 1 for length in range(9)], dtype=object).astype(np.uint64)
HALF: Final = np.uint64(32)


def text_column(text: Any, starts: Any, lengths: Any, present: Any) -> pa.StringArray:
    """The cells at these places, null where not `present`. `text` has eight bytes or more behind the last of them."""
    words = np.ndarray((len(text) - 7,), "<u8", text.data, strides=(1,))
    views = np.empty((len(starts), 2), np.uint64)
    views[:, 0] = (words[starts] & MASKS[np.minimum(lengths, 4)]) << HALF | lengths.astype(np.uint64)
    rest = words[starts + 4] & MASKS[np.clip(lengths - 4, 0, 8)]
    views[:, 1] = np.where(lengths <= INLINE, rest, starts.astype(np.uint64) << HALF)
    validity = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little"))
    buffers = [validity, pa.py_buffer(views), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string_view(), len(starts), buffers).cast(pa.string())
