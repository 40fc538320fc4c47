"""Where a tie-out breaks: the record or the ledger line that is not as it should be."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.parallel import each

MOST = 200
"""Breaks that are named; the counts in the lines of a tie-out tell of all."""

COLUMNS = (
    "hospital", "period", "stage", "code", "noun", "source_id", "_file_version_id", "_generation", "_row_number",
    "entry_set_id", "line_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Break:
    """One place. `stage` is `records` (file to silver), `remittances` (in silver) or `entries` (silver to ledger).

    `period` None: it cannot be told; other parts are None where they have no sense.
    """

    hospital: str
    period: str | None
    stage: str
    code: str
    noun: str
    source_id: str | None
    file_version_id: str | None
    generation: int | None
    row_number: int | None
    entry_set_id: str | None
    line_id: str | None


def located(stages: Iterable[tuple[str, DataFrame]]) -> list[Break]:
    """The first breaks of what was compared, by hospital and period. To be asked only when there are any."""
    found = [one for mine in each(lambda stage: _first(*stage), stages) for one in mine]
    return sorted(found, key=lambda one: [(value is not None, value) for value in astuple(one)])[:MOST]


def _first(stage: str, rows: DataFrame) -> list[Break]:
    first = _shaped(rows.where("code IS NOT NULL"), stage).orderBy(*COLUMNS).limit(MOST)
    return [Break(*row) for row in first.collect()]


def _shaped(rows: DataFrame, stage: str) -> DataFrame:
    known = set(rows.columns)
    origin = F.split_part("source_id", F.lit("__"), F.lit(1))
    given = {"stage": F.lit(stage), "hospital": F.col("hospital") if "hospital" in known else origin}
    return rows.select(
        *(
            (given[name] if name in given else F.col(name) if name in known else F.lit(None).cast("string")).alias(name)
            for name in COLUMNS
        )
    )
