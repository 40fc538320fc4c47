"""Records that silver refuses: where they are and which rules they break. A new mapping or generation heals."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.silver.arrived import Arrived
from rcm_lakehouse.transforms.differences import differences

REJECT_KEY = ("source_id", "_file_version_id", "_generation", "_row_number")


def write_rejects(lake: Lake, table: str, records: DataFrame, arrived: Sequence[Arrived]) -> Written | None:
    """Puts the rejects among `records` of the arrived file versions in the place of those known of them."""
    is_new = F.col("_file_version_id").isin([name for one in arrived for name in one.file_versions])
    refused = records.where(is_new & (F.size("_reasons") > 0))
    wanted = refused.select(*REJECT_KEY, F.col("_reasons").alias("reasons"))
    if not lake.exists(table):
        return None if wanted.isEmpty() else lake.append(table, wanted)
    if _are_first(arrived) and wanted.isEmpty():
        return None
    return lake.merge(
        table, lake.stage(table, differences(lake.read(table).where(is_new), wanted, REJECT_KEY)), REJECT_KEY
    )


def reject_counts(lake: Lake, metadata: Metadata) -> Mapping[str, int]:
    """Rejects by source."""
    tables = [f"silver.{noun}_reject" for noun in sorted(metadata.nouns) if lake.exists(f"silver.{noun}_reject")]
    if not tables:
        return {}
    rows = reduce(DataFrame.unionByName, (lake.read(table).select("source_id") for table in tables))
    return {row[0]: row[1] for row in rows.groupBy("source_id").count().collect()}


def _are_first(arrived: Iterable[Arrived]) -> bool:
    """Whether nothing can be known yet of the arrived file versions: each is new, and no mapping changed."""
    return all(d.generation == 1 for one in arrived for d in one.waiting) and all(
        len(one.waiting) < len(one.deliveries) for one in arrived
    )
