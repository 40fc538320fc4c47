"""Reads the report that a task of a Databricks run leaves: counts and lineage, never a value of a record."""

import json
from dataclasses import dataclass

from shared.model.commit import Value

MOST_CHARACTERS = 30_000
NAMES = ("tables", "lineage", "sources", "warnings", "started_at", "ended_at")


@dataclass(frozen=True, slots=True)
class TaskReport:
    """What one task said: JSON texts for the ledger, each short enough for one column."""

    task: str
    tables: str
    lineage: str
    sources: str
    warnings: str
    started_at: str
    ended_at: str

    def count_of(self, warning: str) -> int:
        """How many times the task warned of it."""
        return sum(int(one["count"]) for one in json.loads(self.warnings) if one["code"] == warning)

    def values(self) -> dict[str, Value]:
        said: dict[str, Value] = {"task": self.task}
        parts = {name: getattr(self, name) for name in NAMES}
        return {**said, **{name: text if len(text) <= MOST_CHARACTERS else "" for name, text in parts.items()}}


def read_report(text: str) -> TaskReport | None:
    """The report in a text, None where it is none (an empty part file of a writer)."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("report_version") != 1:
        return None
    compact = {name: json.dumps(said.get(name, []), separators=(",", ":")) for name in NAMES}
    return TaskReport(task=str(said["task"]), **compact)
