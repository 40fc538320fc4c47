"""What a task says it did: rows per table, records per source. Never a record's value."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyspark.sql import SparkSession

from rcm_lakehouse.lake import Written
from rcm_lakehouse.local_rows import local_rows

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table in one task. `rows_out` counts what the write changed."""

    written: Written
    rows_in: int
    rejected: int = 0

    def as_json(self) -> dict[str, Any]:
        done = self.written
        return {
            "table": done.table,
            "version_before": done.version_before,
            "version_after": done.version_after,
            "rows_in": self.rows_in,
            "rows_out": done.inserted + done.updated + done.deleted,
            "inserted": done.inserted,
            "updated": done.updated,
            "deleted": done.deleted,
            "rejected": self.rejected,
        }


@dataclass(frozen=True, slots=True)
class TaskReport:
    """The report of one task; `lineage` holds (input table, output table)."""

    task: str
    started_at: datetime
    tables: tuple[TableReport, ...] = ()
    sources: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    lineage: tuple[tuple[str, str], ...] = ()
    warnings: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_json(self, ended_at: datetime) -> dict[str, Any]:
        return {
            "report_version": REPORT_VERSION,
            "task": self.task,
            "started_at": instant(self.started_at),
            "ended_at": instant(ended_at),
            "tables": [table.as_json() for table in self.tables],
            "sources": {source: dict(counts) for source, counts in self.sources.items()},
            "lineage": [{"input": source, "output": target} for source, target in self.lineage],
            "warnings": [{"code": code, "count": count} for code, count in self.warnings.items()],
            **self.facts,
        }

    def write(self, spark: SparkSession, report_uri: str, ended_at: datetime) -> None:
        """Writes the report as one line of JSON under `<report_uri>/<task>/`."""
        write_text(spark, f"{report_uri.rstrip('/')}/{self.task}", [json.dumps(self.as_json(ended_at))])


def write_text(spark: SparkSession, uri: str, lines: Iterable[str]) -> None:
    """One text part file in the folder `uri`, in the place of what was there."""
    rows = local_rows(spark, [(line,) for line in lines], "value string")
    rows.coalesce(1).write.mode("overwrite").text(uri)


def instant(at: datetime) -> str:
    """ISO 8601 in UTC with Z, microseconds kept."""
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
