"""Runs and their idempotency tokens on disk (SQLite), so that neither a stop nor a kill forgets one."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from local.databricks_workspace.bundle import Job
from local.databricks_workspace.runs import MOST_TASKS, QUEUED, Run, State, TaskRun

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id INTEGER NOT NULL,
  token TEXT UNIQUE,
  life_cycle TEXT NOT NULL,
  is_over INTEGER NOT NULL,
  document TEXT
);
CREATE INDEX IF NOT EXISTS runs_of_job ON runs (job_id, is_over);
"""


class RunDeletedError(Exception):
    """The token belongs to a run that was deleted."""


class RunStore:
    """One connection, one thread. A deleted run leaves its token behind, as on Databricks."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(SCHEMA)

    def close(self) -> None:
        self._database.close()

    def add(self, job: Job, token: str | None, parameters: Mapping[str, str], now: int) -> Run:
        """Writes a queued run; it is on disk when this returns."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            (number_in_job,) = self._database.execute(
                "SELECT count(*) + 1 FROM runs WHERE job_id = ?", (job.job_id,)
            ).fetchone()
            number = self._database.execute(
                "INSERT INTO runs (job_id, token, life_cycle, is_over) VALUES (?, ?, ?, 0)", (job.job_id, token, QUEUED)
            ).lastrowid
            run_id = (number or 0) * MOST_TASKS
            tasks = tuple(TaskRun(task.key, run_id + place) for place, task in enumerate(job.tasks, start=1))
            run = Run(run_id, job.job_id, number_in_job, parameters, State(QUEUED), now, tasks, token)
            self.save(run)
        return run

    def save(self, run: Run) -> None:
        self._database.execute(
            "UPDATE runs SET life_cycle = ?, is_over = ?, document = ? WHERE number = ?",
            (run.state.life_cycle, run.state.is_over, json.dumps(asdict(run)), run.run_id // MOST_TASKS),
        )

    def delete(self, run_id: int) -> None:
        self._database.execute("UPDATE runs SET document = NULL WHERE number = ?", (run_id // MOST_TASKS,))

    def get(self, run_id: int) -> Run | None:
        """The run of that id, or the run that the task of that id belongs to."""
        row = self._row("SELECT document FROM runs WHERE number = ?", run_id // MOST_TASKS)
        return _run(row[0]) if row and row[0] else None

    def by_token(self, token: str) -> Run | None:
        """The run that was started with this token, however long ago. RunDeletedError where it was deleted."""
        row = self._row("SELECT document FROM runs WHERE token = ?", token)
        if row is None:
            return None
        if row[0] is None:
            raise RunDeletedError(token)
        return _run(row[0])

    def first_queued(self, job_id: int) -> Run | None:
        rows = self._select("job_id = ? AND life_cycle = ?", "number LIMIT 1", job_id, QUEUED)
        return next(rows, None)

    def under_way(self) -> list[Run]:
        """Runs that were begun and have not ended."""
        return list(self._select("is_over = 0 AND life_cycle <> ?", "number", QUEUED))

    def page(self, before: int, count: int, job_id: int | None, is_over: bool | None) -> list[Run]:
        """At most `count` runs, newest first, with ids below `before` (0: from the newest)."""
        condition = "(? = 0 OR number < ?) AND (? IS NULL OR job_id = ?) AND (? IS NULL OR is_over = ?)"
        number = before // MOST_TASKS
        rows = self._select(condition, "number DESC LIMIT ?", number, number, job_id, job_id, is_over, is_over, count)
        return list(rows)

    def _row(self, statement: str, *values: object) -> tuple[object, ...] | None:
        row: tuple[object, ...] | None = self._database.execute(statement, values).fetchone()
        return row

    def _select(self, condition: str, order: str, *values: object) -> Iterator[Run]:
        # Conditions and orders are this module's own text; values are always bound.
        statement = f"SELECT document FROM runs WHERE document IS NOT NULL AND {condition} ORDER BY {order}"  # noqa: S608
        for (document,) in self._database.execute(statement, values).fetchall():
            yield _run(document)


def _run(document: object) -> Run:
    fields = json.loads(str(document))
    tasks = tuple(TaskRun(**{**task, "state": State(**task["state"])}) for task in fields["tasks"])
    return Run(**{**fields, "state": State(**fields["state"]), "tasks": tasks})
