"""Audit events and the hash chain that shows when one was changed, taken out or put in.

`hash_n = sha256(hash_(n-1) | n | canonical event)`; `hash_0` is bound to the table and partition of the chain, so that
it can't stand under another name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from shared.model.instant import to_wire

DOMAIN = "rcm-audit-v1"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which object, when, with what outcome. `details` holds ids, codes and counts, never values."""

    action: str
    actor: str
    object_id: str
    outcome: str
    at: datetime
    details: Mapping[str, str | int]

    def canonical(self) -> str:
        """JSON with sorted keys and one form for instants: what the hash is taken over."""
        said = {
            "action": self.action,
            "actor": self.actor,
            "at": to_wire(self.at),
            "details": dict(self.details),
            "object_id": self.object_id,
            "outcome": self.outcome,
        }
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@dataclass(frozen=True, slots=True)
class ChainHead:
    """How far a chain has come."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Link:
    """One event in its place: `event` is its canonical text."""

    sequence: int
    event: str
    hash: str


def genesis(table: str, partition: str) -> ChainHead:
    """The head of a chain without events."""
    return ChainHead(0, sha256(f"{DOMAIN}\x1f{table}\x1f{partition}".encode()).hexdigest())


def link(head: ChainHead, event: str) -> Link:
    """The next link of a chain for an event's canonical text."""
    sequence = head.sequence + 1
    digest = sha256(f"{head.hash}\x1f{sequence}\x1f{event}".encode()).hexdigest()
    return Link(sequence, event, digest)


def extend(head: ChainHead, events: tuple[AuditEvent, ...]) -> tuple[ChainHead, tuple[Link, ...]]:
    """The chain with events put at its end."""
    links = []
    for event in events:
        made = link(head, event.canonical())
        links.append(made)
        head = ChainHead(made.sequence, made.hash)
    return head, tuple(links)
