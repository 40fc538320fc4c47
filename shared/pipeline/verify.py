"""Recomputes audit chains and compares them with what anchors say: names every place where they don't agree.

A chain by itself shows a change that was made without recomputing it. Only anchors show one that recomputed the rest,
so what no anchor covers yet is counted apart and is never called verified.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shared.model.anchor import ChainMark
from shared.model.audit import ChainHead, Link, genesis, link

type Name = tuple[str, str]
type Marks = dict[Name, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that is not as it was written. `sequence` is 0 where it is about the chain as a whole."""

    code: str
    table: str
    partition: str
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class ChainRow(Link):
    """An event as its row holds it; the row's key says the sequence a second time."""

    key: str


@dataclass(frozen=True, slots=True)
class Chain:
    """All rows of one chain in the order of their keys, and every head that was found under its name."""

    table: str
    partition: str
    rows: tuple[ChainRow, ...]
    heads: tuple[ChainHead, ...]

    @property
    def name(self) -> Name:
        return self.table, self.partition


@dataclass(slots=True)
class Verdict:
    """What verifying came to. It is sound when there are no findings; `unanchored` counts events by chain."""

    chains: int = 0
    events: int = 0
    findings: list[Finding] = field(default_factory=list)
    unanchored: dict[Name, int] = field(default_factory=dict)


def verify(chains: Iterable[Chain], marks: Marks) -> Verdict:
    """All chains against the marks of all anchors; a marked chain that is not among them is missing."""
    verdict, seen = Verdict(), set[Name]()
    for chain in chains:
        if chain.name in seen:
            verdict.findings.append(Finding("two_chains_with_one_name", *chain.name))
        seen.add(chain.name)
        add_chain(verdict, chain, marks.get(chain.name, {}))
    verdict.findings += [Finding("chain_missing", *name) for name in sorted(marks.keys() - seen)]
    return verdict


def add_chain(verdict: Verdict, chain: Chain, marks: Mapping[int, str]) -> None:
    """Takes one chain into the verdict."""
    verdict.chains += 1
    verdict.events += len(chain.rows)
    verdict.findings += verify_chain(chain, marks)
    covered = max(marks, default=0)
    uncovered = sum(row.sequence > covered for row in chain.rows)
    if uncovered:
        verdict.unanchored[chain.name] = uncovered


def verify_chain(chain: Chain, marks: Mapping[int, str]) -> Iterator[Finding]:
    """What is wrong with one chain, in its order. `marks` are its anchored hashes by sequence."""
    before = genesis(*chain.name)
    for row in chain.rows:
        for code in _faults(before, row, marks):
            yield Finding(code, *chain.name, row.sequence)
        before = ChainHead(row.sequence, row.hash)
    present = {row.sequence for row in chain.rows}
    for sequence in sorted(marks.keys() - present):
        yield Finding("anchored_event_missing", *chain.name, sequence)
    if len(chain.heads) > 1:
        yield Finding("two_chains_with_one_name", *chain.name)
    elif chain.heads != (before,):
        yield Finding("head_differs" if chain.heads else "head_missing", *chain.name, before.sequence)


def _faults(before: ChainHead, row: ChainRow, marks: Mapping[int, str]) -> Iterator[str]:
    if row.key != audit_key(row.sequence):
        yield "misnamed_event"
    if row.sequence <= before.sequence:
        yield "duplicate_sequence"
    elif row.sequence > before.sequence + 1:
        yield "event_missing"
    elif link(before, row.event).hash != row.hash:
        yield "broken_link"
    if marks.get(row.sequence, row.hash) != row.hash:
        yield "anchor_differs"


def audit_key(sequence: int) -> str:
    """The key of an event's row."""
    return f"audit-{sequence:08d}"


def marks_by_chain(marks: Iterable[ChainMark]) -> tuple[Marks, list[Finding]]:
    """Anchored hashes by chain and sequence, and the marks that contradict an earlier one."""
    found: Marks = {}
    contradictions = []
    for mark in marks:
        chain = found.setdefault((mark.table, mark.partition), {})
        if chain.setdefault(mark.sequence, mark.hash) != mark.hash:
            contradictions.append(Finding("anchors_contradict", mark.table, mark.partition, mark.sequence))
    return found, contradictions
