"""Eight bytes of text as one integer, the first byte lowest: what is done to it is done to eight characters at once."""

from typing import Final

import numpy as np

WORD: Final = 8
LOW_BITS: Final = np.uint64(0x7F7F7F7F7F7F7F7F)
HIGH_BITS: Final = np.uint64(0x8080808080808080)
