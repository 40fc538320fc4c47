"""Records that silver refuses: where they are and which rules they break. A new mapping or generation heals."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.silver.arrived import Arrived
from rcm_lakehouse.transforms.differences import differences

REJECT_KEY = ("source_id", "_file_version_id", "_generation", "_row_number")


def is_refused(arrived: Iterable[Arrived]) -> Column:
    """Whether a record is of an arrived file version and breaks a rule."""
    return _has_arrived(arrived) & (F.size("_reasons") > 0)


def write_rejects(
    lake: Lake, table: str, records: DataFrame, refused: int, arrived: Sequence[Arrived]
) -> Written | None:
    """Puts the `refused` of `records`, so many, in the place of what was refused of the arrived file versions."""
    is_known = lake.exists(table)
    if not refused and (not is_known or _are_first(arrived)):
        return None
    wanted = records.where(is_refused(arrived)).select(*REJECT_KEY, F.col("_reasons").alias("reasons"))
    if not is_known:
        return lake.append(table, wanted)
    stored = lake.read(table).where(_has_arrived(arrived))
    return lake.merge(table, lake.stage(table, differences(stored, wanted, REJECT_KEY)), REJECT_KEY)


def reject_counts(lake: Lake, metadata: Metadata) -> Mapping[str, int]:
    """Rejects by source."""
    tables = [f"silver.{noun}_reject" for noun in sorted(metadata.nouns) if lake.exists(f"silver.{noun}_reject")]
    if not tables:
        return {}
    rows = reduce(DataFrame.unionByName, (lake.read(table).select("source_id") for table in tables))
    return {row[0]: row[1] for row in rows.groupBy("source_id").count().collect()}


def _has_arrived(arrived: Iterable[Arrived]) -> Column:
    return F.col("_file_version_id").isin([name for one in arrived for name in one.file_versions])


def _are_first(arrived: Iterable[Arrived]) -> bool:
    """Whether nothing can be known yet of the arrived file versions: each is new, and no mapping changed."""
    return all(d.generation == 1 for one in arrived for d in one.waiting) and all(
        len(one.waiting) < len(one.deliveries) for one in arrived
    )
