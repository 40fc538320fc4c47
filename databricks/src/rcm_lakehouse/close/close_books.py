"""Closes the books: posts each ledger line to its period, ties periods out, and says what changed since signing."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from pyspark.sql import DataFrame

from rcm_lakehouse.bronze.log import log_table
from rcm_lakehouse.close.breaks import located
from rcm_lakehouse.close.documents import period_document
from rcm_lakehouse.close.evidence import ACCOUNTS, Stages, gather
from rcm_lakehouse.close.figures import figures, periods_of
from rcm_lakehouse.close.locks import Lock, record_locks
from rcm_lakehouse.close.posted import posted
from rcm_lakehouse.close.records import AMOUNTS, compared, is_money
from rcm_lakehouse.close.remittances import balanced
from rcm_lakehouse.close.signed import freeze
from rcm_lakehouse.close.stated import beside
from rcm_lakehouse.close.tie_out import tie_out
from rcm_lakehouse.close.variance import explained, variance_lines
from rcm_lakehouse.deliveries import DELIVERIES, Delivery, recorded
from rcm_lakehouse.kpis.table import KPI_TABLE
from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.ledger.enter import stated_lines
from rcm_lakehouse.ledger.lines import TABLES
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.parallel import each

LEDGER = TABLES["account"]
PERIODS = "gold.period_close"
PERIODS_SCHEMA = "hospital string, period string, ties_out boolean, told string"
VARIANCE = "gold.close_variance"

CLOSE_RULES_VERSION = 2
"""Raised when the code that closes the books changes its meaning."""


def close_books(lake: Lake, metadata: Metadata, manifest_uri: str, as_of: date) -> list[Written]:
    """Brings `gold.period_close` and `gold.close_variance` up to the ledger, for every month up to that of `as_of`.

    Comes after the KPIs, which it checks. Does nothing where no account ledger is fed. Equal input makes no new version
    of any table.
    """
    if not lake.exists(LEDGER):
        return []
    locks, locked = record_locks(lake, manifest_uri)
    deliveries = recorded(lake.read(DELIVERIES))
    until = f"{as_of:%Y-%m}"
    note = _made_of(lake, metadata, deliveries, locks, until)
    if lake.exists(PERIODS) and lake.newest_write(PERIODS)["userMetadata"] == note:
        return []
    lines = posted(lake.read(LEDGER), locks)
    documents, frozen = _documents(lake, metadata, deliveries, lines, locks, until)
    varied = lake.replace(VARIANCE, variance_lines(lines, locks)) if locks else None
    rows = [(d["hospital"], d["period"], d["ties_out"], json.dumps(d)) for d in documents]
    told = lake.replace(PERIODS, local_rows(lake.spark, rows, PERIODS_SCHEMA).coalesce(1), note)
    return [one for one in (locked, frozen, varied, told) if one]


def read_documents(lake: Lake) -> list[dict[str, Any]]:
    """The periods as they are published, by hospital and month; none where no account ledger is fed."""
    if not lake.exists(PERIODS):
        return []
    return [json.loads(row[0]) for row in lake.read(PERIODS).orderBy("hospital", "period").select("told").collect()]


def _documents(
    lake: Lake, metadata: Metadata, deliveries: list[Delivery], lines: DataFrame, locks: list[Lock], until: str
) -> tuple[list[dict[str, Any]], Written | None]:
    stated = stated_lines(lake, metadata)
    stages = Stages(
        records=compared(lake, metadata, deliveries),
        remittances=balanced(lake, metadata, {delivery.source_id for delivery in deliveries}),
        entries=None if stated is None else beside(stated, lake.read(LEDGER)),
    )
    evidence = gather(lake, lines, stages, until)
    breaks = located(stages.named()) if evidence.breaks else []
    books = {
        (hospital, period): told
        for hospital, periods in periods_of(evidence.cells, until).items()
        for period, told in figures(evidence.cells, hospital, periods).items()
    }
    signed, frozen = freeze(lake, locks, books)
    reasons = explained(variance_lines(lines, locks)) if locks else {}
    by_name = {(lock.hospital, lock.period): lock for lock in locks}
    documents = []
    for (hospital, period), told in books.items():
        of = evidence.of(hospital, period, told, signed)
        mine = [one for one in breaks if one.hospital == hospital and one.period in (None, period)]
        name = (hospital, period)
        documents.append(period_document(of, tie_out(of), mine, by_name.get(name), reasons.get(name, [])))
    return documents, frozen


def _made_of(lake: Lake, metadata: Metadata, deliveries: Iterable[Delivery], locks: Iterable[Lock], until: str) -> str:
    """Names everything that is compared: a change of any table past the job makes another version of it, too."""
    mine = sorted((d.source_id, d.file_version_id, d.generation) for d in deliveries if is_money(metadata, d.source_id))
    logs = sorted({log_table(source_id) for source_id, _, _ in mine})
    tables = [LEDGER, KPI_TABLE, ACCOUNTS, *(f"silver.{noun}" for noun in AMOUNTS), *logs]
    versions = dict(zip(tables, each(lake.version, tables), strict=True))
    said = [CLOSE_RULES_VERSION, until, [str(lock) for lock in locks], versions, mine]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
