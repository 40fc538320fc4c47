"""Silver and the account ledger as they were known at an instant."""

from collections.abc import Callable, Mapping
from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.deliveries import DELIVERIES, Life, lives, recorded
from rcm_lakehouse.gold.facts import hospital as origin
from rcm_lakehouse.gold.silver_tables import silver_rows
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.ledger.lines import TABLES, source_key
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.transforms.mapping import POSITION

LEDGER_TABLE = TABLES["account"]

LEDGER_SCHEMA = (
    "line_id string, entry_set_id string, hospital string, account_id string, responsible_party string, "
    "gl_account string, kind string, is_reversal boolean, amount decimal(18,2), service_date date, posting_date date, "
    "effective_date date, known_at timestamp, takes_back string, noun string, source_id string, source_key string, "
    "_file_version_id string, _generation int, _row_number bigint"
)
"""The columns of the ledger."""

PLACE = ("noun", "source_id", "source_key", *POSITION)
"""Where a line or record is from: the noun's row by its own key, and the file version's row that said so."""


class Known:
    """What was known at `known_at`; None: what holds now.

    A scan of a Delta table costs more than what it finds, so what several relations need is laid out and set aside.
    `is_traced`: relations whose rows are lines or records keep where each is from (`PLACE`), of lines the `line_id`.
    """

    staged_as = "kpi"

    def __init__(self, lake: Lake, metadata: Metadata, known_at: datetime | None, is_traced: bool = False) -> None:
        self.is_traced = is_traced
        self._lake = lake
        self._metadata = metadata
        self._known_at = known_at
        self._aside: dict[str, DataFrame] = {}

    def rows(self, noun: str) -> DataFrame:
        """Rows of a noun of history `latest`, with `hospital` (its own or its origin); none where nothing fills it."""
        rows = silver_rows(self._lake, self._metadata.nouns[noun]).where(self._holds())
        if self.is_traced:
            rows = rows.withColumns({"noun": F.lit(noun), "source_key": source_key(self._metadata.nouns[noun])})
        return rows if "hospital" in rows.columns else rows.withColumn("hospital", origin())

    def is_kind(self, noun: str, kind: str) -> Column:
        """Whether a row of a noun is what the rules of the account ledger (`metadata/ledger`) call so."""
        entries = self._metadata.nouns[noun].entries
        named = [f"({rule.when})" for rule in entries.rules if rule.kind == kind] if entries else []
        return F.expr(" OR ".join(named) or "false")

    def lines(self) -> DataFrame:
        """Lines of the account ledger that stood: those taken back by then are not among them."""
        if not self._lake.exists(LEDGER_TABLE):
            return local_rows(self._lake.spark, [], LEDGER_SCHEMA)
        lines = self._lake.read(LEDGER_TABLE)
        if self._known_at is not None:
            lines = lines.where(F.col("known_at") <= F.lit(self._known_at))
        undone = lines.where("takes_back IS NOT NULL").select(F.col("takes_back").alias("line_id"))
        return lines.where("takes_back IS NULL").join(F.broadcast(undone), "line_id", "left_anti")

    def set_aside(self, name: str, made_of: str, lay_out: Callable[[], DataFrame]) -> DataFrame:
        """What `lay_out` gives, reckoned once however often it is asked for; it is nothing without table `made_of`."""
        if name not in self._aside:
            rows = lay_out()
            path = f"{self.staged_as}.{name}"
            self._aside[name] = self._lake.set_aside(path, rows) if self._lake.exists(made_of) else rows
        return self._aside[name]

    def feeds(self) -> Mapping[str, set[str]]:
        """Origin to the nouns of which it had delivered a file that stood."""
        found: dict[str, set[str]] = {}
        deliveries = recorded(self._lake.read(DELIVERIES)) if self._lake.exists(DELIVERIES) else []
        for life in lives(deliveries):
            source = self._metadata.sources.get(life.delivery.source_id)
            if source and self._stood(life):
                found.setdefault(source.origin, set()).add(source.noun)
        return found

    def _stood(self, life: Life) -> bool:
        if self._known_at is None:
            return life.until is None
        at = self._known_at.astimezone().replace(tzinfo=None)  # as rows of Spark come to Python
        return life.since <= at and (life.until is None or at < life.until)

    def _holds(self) -> Column:
        if self._known_at is None:
            return F.col("is_current")
        at = F.lit(self._known_at)
        return (F.col("known_from") <= at) & (F.col("known_until").isNull() | (F.col("known_until") > at))
