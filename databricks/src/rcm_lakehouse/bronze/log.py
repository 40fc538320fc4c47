"""The append-only log of each source and the quarantine beside it: written once, whatever is repeated."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.bronze.rows import log_rows, quarantine_rows
from rcm_lakehouse.errors import ControlTotalError
from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.manifest import Ingestion
from rcm_lakehouse.metadata import Metadata, Source

QUARANTINE = "bronze.quarantine"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A source's ingestions in its log. `written` is None when the log held them, or there was nothing to hold."""

    ingestions: tuple[Ingestion, ...]
    log_version: int | None
    written: Written | None


def load_log(
    lake: Lake, arguments: Arguments, source: Source, ingestions: Sequence[Ingestion], recorded_version: int | None
) -> Loaded:
    """Appends what the log does not hold yet. `recorded_version` is the log's version of the last recorded delivery.

    ControlTotalError when the log then holds another count than the ingestions committed.
    """
    table = log_table(source.source_id)
    version = lake.version(table)
    # A driver that died may have left rows that no delivery tells of; only then is the log asked what it holds.
    there = _held(lake, table, ingestions) if version != recorded_version else {}
    missing = [i for i in ingestions if i.bronze and (i.file_version_id, i.generation) not in there]
    written = _append(lake, arguments, source, missing) if missing else None
    found = sum(there.values()) + (written.inserted if written else 0)
    expected = sum(i.bronze_count for i in ingestions if i.bronze)
    if found != expected:
        raise ControlTotalError(f"{table}: {found} rows in the log, {expected} were committed")
    return Loaded(tuple(ingestions), written.version_after if written else version, written)


def load_quarantine(
    lake: Lake, arguments: Arguments, metadata: Metadata, ingestions: Sequence[Ingestion]
) -> Written | None:
    """Appends where the quarantined records of `ingestions` (ordered by source) are; None when there are none."""
    held = [i for i in ingestions if i.quarantine]
    if held and lake.exists(QUARANTINE):
        there = _held(lake, QUARANTINE, held)
        held = [i for i in held if (i.file_version_id, i.generation) not in there]
    if not held:
        return None
    parts = []
    for name, group in groupby(held, key=lambda i: i.source_id):
        uris = [arguments.uri(i.quarantine) for i in group if i.quarantine]
        parts.append(quarantine_rows(lake.spark, uris, metadata.source(name), arguments.token))
    return lake.append(QUARANTINE, reduce(DataFrame.unionByName, parts), write_id=write_id(held))


def log_table(source_id: str) -> str:
    return f"bronze.{source_id}"


def write_id(ingestions: Sequence[Ingestion]) -> str:
    """Names a write by what it brings, so that two drivers doing it at once still do it once."""
    names = sorted(f"{i.file_version_id}-{i.generation}" for i in ingestions)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _append(lake: Lake, arguments: Arguments, source: Source, missing: Sequence[Ingestion]) -> Written:
    uris = [arguments.uri(i.bronze) for i in missing if i.bronze]
    rows = log_rows(lake.spark, source, uris, missing, arguments.token)
    return lake.append(log_table(source.source_id), rows, write_id=write_id(missing))


def _held(lake: Lake, table: str, ingestions: Sequence[Ingestion]) -> Mapping[tuple[str, int], int]:
    """Rows that a table holds of the ingestions, by file version and generation."""
    if not lake.exists(table):
        return {}
    wanted = {(i.file_version_id, i.generation) for i in ingestions}
    rows = lake.read(table).where(F.col("_file_version_id").isin(sorted({name for name, _ in wanted})))
    counted = rows.groupBy("_file_version_id", "_generation").count().collect()
    return {(row[0], row[1]): row[2] for row in counted if (row[0], row[1]) in wanted}
