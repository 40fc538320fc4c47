"""A group whose run attempts ended without success: its files landed, and no run has taken them in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from shared.model.commit import DATABRICKS_RUNS, Row, StoredRow
from shared.model.instant import from_wire, to_wire

PREFIX = "stranded-"


@dataclass(frozen=True, slots=True)
class StrandedGroup:
    """`token` is that of its last run attempt. `again_at` is None where only a person can say what should follow."""

    databricks_job: str
    manifest: str
    token: str
    since: datetime
    again_at: datetime | None

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.manifest}"

    def row(self) -> Row:
        """Stands as long as the group is stranded."""
        again_at = to_wire(self.again_at) if self.again_at else ""
        values = {"token": self.token, "since": to_wire(self.since), "again_at": again_at}
        return Row(DATABRICKS_RUNS, self.databricks_job, self.key, values)

    @classmethod
    def from_row(cls, row: StoredRow) -> Self:
        said = {name: str(row.values[name]) for name in ("token", "since", "again_at")}
        again_at = from_wire(said["again_at"]) if said["again_at"] else None
        manifest = row.key.removeprefix(PREFIX)
        return cls(row.partition, manifest, said["token"], from_wire(said["since"]), again_at)
