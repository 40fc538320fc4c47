"""An accounting period of a hospital, and the lock that a signature puts on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

from shared.model.audit import AuditEvent
from shared.model.commit import PERIODS, Row, StoredRow
from shared.model.instant import from_wire, to_wire

LOCKS = "signed-"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a person says when closing a period. The note may be empty."""

    signed_by: str
    note: str

    def digest(self, period: str) -> str:
        """Equal for equal words on the same period."""
        return sha256(f"{period}\x1f{self.signed_by}\x1f{self.note}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Lock:
    """A signed period. What became known by `locked_at` is in it, all else is posted later.

    `edition` is the publication that the signer had before them, `figures` the amounts in its books (decimal text) by
    figure.
    """

    hospital: str
    period: str
    signature: Signature
    caller: str
    edition: str
    figures: Mapping[str, str]
    locked_at: datetime

    def row(self) -> Row:
        """The lock in the partition of its hospital."""
        values = {
            "signed_by": self.signature.signed_by,
            "note": self.signature.note,
            "caller": self.caller,
            "edition": self.edition,
            "figures": json.dumps(dict(self.figures), sort_keys=True),
            "locked_at": to_wire(self.locked_at),
        }
        return Row(PERIODS, self.hospital, lock_key(self.period), values)

    @classmethod
    def from_row(cls, row: StoredRow) -> Self:
        values: Mapping[str, Any] = row.values
        return cls(
            hospital=row.partition,
            period=row.key.removeprefix(LOCKS),
            signature=Signature(values["signed_by"], values["note"]),
            caller=values["caller"],
            edition=values["edition"],
            figures=json.loads(values["figures"]),
            locked_at=from_wire(values["locked_at"]),
        )

    def event(self) -> AuditEvent:
        """Who signed what, when, and what they had before them."""
        return AuditEvent(
            action="period_signed",
            actor=self.caller,
            object_id=f"{self.hospital}/{self.period}",
            outcome="signed",
            at=self.locked_at,
            details={"signed_by": self.signature.signed_by, "edition": self.edition, "figures": self._figures_hash()},
        )

    def _figures_hash(self) -> str:
        return sha256(json.dumps(dict(self.figures), sort_keys=True).encode()).hexdigest()

    def in_manifest(self) -> dict[str, str]:
        """The lock as a run's manifest tells it."""
        return {
            "hospital": self.hospital,
            "period": self.period,
            "locked_at": to_wire(self.locked_at),
            "signed_by": self.signature.signed_by,
        }


def lock_key(period: str) -> str:
    """The key of a signed period's row: there once, or not at all."""
    return f"{LOCKS}{period}"
