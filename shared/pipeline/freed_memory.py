"""Memory that one block of a file frees is kept for the next, which needs as much of it."""

from typing import Final

import numpy as np

from shared.model.file_format import MIB

LARGEST_PIECE: Final = 32 * MIB - 64 * 1024
"""Just below the largest piece from which glibc learns (mallopt(3), M_MMAP_THRESHOLD)."""


def keep_freed_memory() -> None:
    """Frees one large untouched piece, after which glibc keeps up to twice as much that was freed.

    Else it hands the memory of every block back to the system and has it cleared again for the next: a twentieth of the
    time of reading and checking. Nothing comes of it under other allocators.
    """
    np.empty(LARGEST_PIECE, np.uint8)
