"""Anchors: what is written down, where nobody can change it, about how far each audit chain had come.

Anchor `n` names the hash of anchor `n - 1`, so that none can be taken out or put in between.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Self

from shared.model.audit import DOMAIN
from shared.model.instant import from_wire, to_wire

ANCHORS = "anchors"
VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class ChainMark:
    """Says that the event `sequence` of the chain in this table and partition has this hash."""

    table: str
    partition: str
    sequence: int
    hash: str

    def text(self) -> str:
        """The form that is hashed."""
        return f"{self.table}\x1f{self.partition}\x1f{self.sequence}\x1f{self.hash}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchor; `marks` are sorted, `root` is their Merkle root."""

    number: int
    at: datetime
    previous: str
    root: str
    marks: tuple[ChainMark, ...]

    @property
    def name(self) -> str:
        return anchor_name(self.number, self.at)

    def text(self) -> str:
        """What is stored, byte for byte."""
        said = {
            "anchor_version": VERSION,
            "number": self.number,
            "at": to_wire(self.at),
            "previous": self.previous,
            "root": self.root,
            "heads": [[mark.table, mark.partition, mark.sequence, mark.hash] for mark in self.marks],
        }
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The anchor in a stored text. ValueError where it holds none."""
        said: Mapping[str, Any] = json.loads(text)
        try:
            marks = tuple(ChainMark(str(t), str(p), int(n), str(h)) for t, p, n, h in said["heads"])
            return cls(int(said["number"]), from_wire(said["at"]), str(said["previous"]), str(said["root"]), marks)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not an anchor") from error


def anchor_name(number: int, at: datetime) -> str:
    """`<yyyy>/<mm>/<dd>/<hhmmss>-<number>.json`: sorts by time."""
    return f"{at.astimezone(UTC):%Y/%m/%d/%H%M%S}-{number:08d}.json"


def anchor_hash(text: str) -> str:
    """What the next anchor names as the one before; for no text, that of the first."""
    return sha256(f"{DOMAIN}\x1fanchor\x1f{text}".encode()).hexdigest()
