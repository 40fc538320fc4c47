"""Delta tables by name: the only module that reads or writes one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

CHANGE = "_change"
"""Column of a staged change: insert, update or delete."""

TABLE_OPTIONS = {"delta.enableChangeDataFeed": "true"}

NEVER = 2**62
"""A version that no table reaches."""

GAP = "DELTA_MISSING_CHANGE_DATA"
"""Delta's condition where some of the versions asked for were written without a change feed."""

ABSENT = frozenset({"42K03", "42P01"})
"""SQLSTATEs of a path and of a table that are not there."""

MAINTENANCE = frozenset({"OPTIMIZE", "VACUUM START", "VACUUM END", "COMPUTE STATS", "REORG"})
"""Operations of Delta that leave a table's rows as they are."""

COMMITS_LOOKED_AT = 8
"""How many commits of maintenance may lie on top of a write before it is taken for one that nobody knows."""

KEPT_HOURS = 30 * 24
"""How long files that a table no longer needs stay, for a restore: far longer than any change feed waits to be read."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one write did. Versions are Delta's; `version_before` is None when the write made the table."""

    table: str
    version_before: int | None
    version_after: int
    inserted: int
    updated: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """A table at a version, and how large its files are. Another table in its place has another `table_id`."""

    table_id: str
    version: int
    size_bytes: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Staged:
    """Changes written down before they are merged, so that a merge reads what was decided and nothing else."""

    rows: DataFrame
    counts: Mapping[str, int]


class Lake:
    """Tables `<layer>.<name>` under `<root>/<layer>/<name>`. Each write is one commit; readers see whole tables."""

    def __init__(self, spark: SparkSession, root: str) -> None:
        self.spark = spark
        self._root = root.rstrip("/")
        self._seen: set[str] = set()

    def path(self, table: str) -> str:
        return f"{self._root}/{table.replace('.', '/')}"

    def exists(self, table: str) -> bool:
        """Whether the table was ever written. Tables are never dropped, so a yes is remembered.

        Any other error than that it is not there is raised: a table that may not be read is no empty one.
        """
        if table not in self._seen:
            try:
                self.read(table)
            except AnalysisException as error:
                if error.getSqlState() not in ABSENT:
                    raise
                return False
            self._seen.add(table)
        return True

    def read(self, table: str) -> DataFrame:
        """The newest version. AnalysisException where there is no such table."""
        rows = self.spark.read.format("delta").load(self.path(table))
        rows.schema  # noqa: B018 -- over Connect a frame is analysed when its schema is asked for, not before
        return rows

    def changes(self, table: str, since: int) -> DataFrame:
        """Rows changed after version `since`, with Delta's `_change_type`, `_commit_version`, `_commit_timestamp`."""
        reader = self.spark.read.format("delta").option("readChangeFeed", "true")
        return reader.option("startingVersion", since + 1).load(self.path(table))

    def history(self, table: str, limit: int = 1) -> list[dict[str, Any]]:
        """The newest `limit` commits, newest first: version, operation, userMetadata, operationMetrics."""
        rows = self.spark.sql(f"DESCRIBE HISTORY delta.`{self.path(table)}` LIMIT {limit}")
        return [
            row.asDict() for row in rows.select("version", "operation", "userMetadata", "operationMetrics").collect()
        ]

    def newest_write(self, table: str) -> dict[str, Any]:
        """The newest commit that is not mere maintenance, as `history` has it."""
        commits = self.history(table, COMMITS_LOOKED_AT)
        return next((one for one in commits if one["operation"] not in MAINTENANCE), commits[0])

    def state(self, table: str) -> State | None:
        """What the table is and at which version, None where there is none."""
        version = self.version(table)
        if version is None:
            return None
        detail = self.spark.sql(f"DESCRIBE DETAIL delta.`{self.path(table)}`").select("id", "sizeInBytes")
        ((table_id, size_bytes),) = detail.collect()
        return State(table_id, version, size_bytes)

    def version(self, table: str) -> int | None:
        """The newest version, None where there is no such table.

        Asked for a version that cannot be, Delta names those there are: a tenth of what DESCRIBE HISTORY costs.
        """
        if not self.exists(table):
            return None
        try:
            self.spark.read.format("delta").option("versionAsOf", NEVER).load(self.path(table)).schema  # noqa: B018
        except AnalysisException as error:
            told = (error.getMessageParameters() or {}).get("latest")
        return int(told or self.history(table)[0]["version"])

    def append(self, table: str, rows: DataFrame, write_id: str | None = None) -> Written:
        """Adds `rows`, making the table if need be. A second append with the same `write_id` does nothing."""
        self._add_columns(table, rows)
        before = self.version(table) if write_id else None
        counted = Observation()
        writer = _counting(rows, counted).write.format("delta").mode("append").options(**TABLE_OPTIONS)
        if write_id:
            writer = writer.option("txnAppId", write_id).option("txnVersion", 1)
        writer.save(self.path(table))
        if write_id and self.version(table) == before:
            newest = self.history(table)[0]
            return self._written(table, int((newest["operationMetrics"] or {}).get("numOutputRows", 0)))
        return self._written(table, counted.get["rows"])

    def replace(self, table: str, rows: DataFrame, note: str = "") -> Written:
        """Puts `rows` in the place of all there is; `note` stands in the commit."""
        counted = Observation()
        writer = _counting(rows, counted).write.format("delta").mode("overwrite")
        writer = writer.option("overwriteSchema", "true").options(**TABLE_OPTIONS)
        writer.option("userMetadata", note).save(self.path(table))
        return self._written(table, counted.get["rows"])

    def set_aside(self, name: str, rows: DataFrame) -> DataFrame:
        """`rows` reckoned once and written under `staging/`, in the place of what was there; reads from that."""
        path = f"{self._root}/staging/{name}"
        rows.write.mode("overwrite").parquet(path)
        return self.spark.read.schema(rows.schema).parquet(path)

    def count_aside(self, name: str, rows: DataFrame, **counts: Column) -> tuple[DataFrame, Mapping[str, int]]:
        """`set_aside`, and how many of the rows fulfil each condition in `counts`: told by the writing itself."""
        counted = Observation()
        told = (F.count_if(condition).alias(name) for name, condition in counts.items())
        return self.set_aside(name, rows.observe(counted, *told)), counted.get

    def stage(self, table: str, changes: DataFrame) -> Staged:
        """Sets `changes` (rows of `table` and `_change`) aside and counts them by kind."""
        kinds = {kind: F.col(CHANGE) == kind for kind in ("insert", "update", "delete")}
        rows, counts = self.count_aside(f"{table}.changes", changes, **kinds)
        return Staged(rows, {kind: count for kind, count in counts.items() if count})

    def merge(self, table: str, staged: Staged, key: Sequence[str]) -> Written | None:
        """Carries out staged changes in one commit; None when there are none. `key` columns are never null."""
        if not staged.counts:
            return None
        if set(staged.counts) == {"insert"}:
            return self.append(table, staged.rows.drop(CHANGE))
        columns = [column for column in staged.rows.columns if column != CHANGE]
        self._add_columns(table, staged.rows.drop(CHANGE))
        view = f"staged_{table.replace('.', '_')}"
        staged.rows.createOrReplaceTempView(view)
        self.spark.sql(_merge_sql(f"delta.`{self.path(table)}`", view, key, columns)).collect()
        self.spark.catalog.dropTempView(view)
        counts = [staged.counts.get(kind, 0) for kind in ("insert", "update", "delete")]
        return self._written(table, *counts)

    def maintain(self, table: str) -> None:
        """Compacts small files, and deletes those that no version of the last KEPT_HOURS needs. No row changes."""
        self.spark.sql(f"OPTIMIZE delta.`{self.path(table)}`").collect()
        self.spark.sql(f"VACUUM delta.`{self.path(table)}` RETAIN {KEPT_HOURS} HOURS").collect()

    def _add_columns(self, table: str, rows: DataFrame) -> None:
        """Adds the columns that metadata gained since the table was made; nothing is ever inferred from files."""
        if not self.exists(table):
            return
        known = set(self.read(table).columns)
        added = [f"`{f.name}` {f.dataType.simpleString()}" for f in rows.schema.fields if f.name not in known]
        if added:
            self.spark.sql(f"ALTER TABLE delta.`{self.path(table)}` ADD COLUMNS ({', '.join(added)})")

    def _written(self, table: str, *counts: int) -> Written:
        version = self.version(table) or 0
        return Written(table, version - 1 if version else None, version, *counts)


def unless_gap[Made](read: Callable[[], Made]) -> Made | None:
    """What `read` makes of a change feed; None where the feed has a gap: its table property was lost for a time."""
    try:
        return read()
    except AnalysisException as error:
        if error.getCondition() != GAP:
            raise
        return None


def described(rows: DataFrame, comments: Mapping[str, str]) -> DataFrame:
    """`rows` with a comment on each column named in `comments`; Delta keeps it in the table."""
    return rows.select(
        *(F.col(c).alias(c, metadata={"comment": comments[c]}) if c in comments else F.col(c) for c in rows.columns)
    )


def _counting(rows: DataFrame, counted: Observation) -> DataFrame:
    return rows.observe(counted, F.count(F.lit(1)).alias("rows"))


def _merge_sql(target: str, view: str, key: Sequence[str], columns: Sequence[str]) -> str:
    on = " AND ".join(f"t.`{column}` = s.`{column}`" for column in key)
    sets = ", ".join(f"t.`{column}` = s.`{column}`" for column in columns if column not in key)
    names = ", ".join(f"`{column}`" for column in columns)
    values = ", ".join(f"s.`{column}`" for column in columns)
    return (
        f"MERGE INTO {target} t USING {view} s ON {on} "
        f"WHEN MATCHED AND s.{CHANGE} = 'delete' THEN DELETE "
        f"WHEN MATCHED THEN UPDATE SET {sets} "
        f"WHEN NOT MATCHED AND s.{CHANGE} <> 'delete' THEN INSERT ({names}) VALUES ({values})"
    )
