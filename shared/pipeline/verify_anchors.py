"""Checks that the anchors themselves are whole: each as it was written, none taken out or put in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.model.anchor import ANCHORS, Anchor, anchor_hash
from shared.pipeline.merkle import merkle_root
from shared.pipeline.verify import Finding


@dataclass(slots=True)
class AnchorChain:
    """The anchors that could be read, in order, and what is wrong with them."""

    anchors: list[Anchor] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def verify_anchors(stored: Iterable[tuple[str, str]]) -> AnchorChain:
    """`stored` are the names and texts of all anchors in the order of names."""
    said, expected, previous = AnchorChain(), 1, anchor_hash("")
    for name, text in stored:
        try:
            anchor = Anchor.from_text(text)
        except ValueError:
            said.findings.append(Finding("anchor_unreadable", ANCHORS, name))
            continue
        codes = _faults(name, text, anchor)
        if anchor.number != expected:
            codes.append("anchor_missing" if anchor.number > expected else "anchor_doubled")
        elif anchor.previous != previous:
            codes.append("anchor_link_broken")
        said.findings += [Finding(code, ANCHORS, name, anchor.number) for code in codes]
        said.anchors.append(anchor)
        expected, previous = anchor.number + 1, anchor_hash(text)
    return said


def _faults(name: str, text: str, anchor: Anchor) -> list[str]:
    codes = [] if anchor.text() == text and anchor.name == name else ["anchor_misnamed"]
    if anchor.root != merkle_root([mark.text() for mark in anchor.marks]):
        codes.append("anchor_root_differs")
    return codes
