"""The Merkle root over texts: one hash that stands for all of them and their order, as in RFC 6962."""

from collections.abc import Sequence
from hashlib import sha256

LEAF = b"\x00"  # leaves and nodes are hashed apart: a node can't be passed off as a leaf
NODE = b"\x01"


def merkle_root(texts: Sequence[str]) -> str:
    """64 hex digits. Of no texts, the hash of nothing."""
    level = [sha256(LEAF + text.encode()).digest() for text in texts] or [sha256().digest()]
    while len(level) > 1:
        level = _next_level(level)
    return level[0].hex()


def _next_level(level: list[bytes]) -> list[bytes]:
    """Pairs hashed together; one left over goes up as it is."""
    pairs = [sha256(NODE + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    return pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
