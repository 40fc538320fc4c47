"""The lake's tables by name: what people may be given, and what the job keeps for itself."""

from rcm_lakehouse.bronze.log import QUARANTINE, log_table
from rcm_lakehouse.close.close_books import PERIODS, VARIANCE
from rcm_lakehouse.close.locks import CLOSED_PERIODS
from rcm_lakehouse.close.signed import SIGNED_FIGURES
from rcm_lakehouse.deliveries import DELIVERIES
from rcm_lakehouse.gold.build import gold_tables
from rcm_lakehouse.gold.stand import STANDS_ON
from rcm_lakehouse.kpis.table import KPI_TABLE, PATIENT_PAY_TABLE
from rcm_lakehouse.ledger import enter
from rcm_lakehouse.ledger.lines import TABLES as BOOKS
from rcm_lakehouse.master import crosswalks, providers, rows, taken_in
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.silver.arrived import PROCESSED


def named_tables(metadata: Metadata) -> list[str]:
    """What people read: logs, nouns, the star, books and figures, and which record is whom, hospital by hospital.

    `gold.person` is not among them: it tells of all hospitals at once.
    """
    logs = [log_table(source_id) for source_id in sorted(metadata.sources)]
    nouns = [f"silver.{noun}" for noun in sorted(metadata.nouns)]
    star = [f"gold.{table.name}" for table in gold_tables()]
    figures = ["gold.receivable", KPI_TABLE, PATIENT_PAY_TABLE, VARIANCE]
    golden = [rows.PERSON_MEMBER, rows.PATIENT_MATCH, providers.PROVIDER_MEMBER, crosswalks.CROSSWALK_MEMBER]
    return [*logs, *nouns, *star, *BOOKS.values(), *figures, *golden]


def lake_tables(metadata: Metadata) -> list[str]:
    """Every table that the tasks write."""
    rejects = [f"silver.{noun}_reject" for noun in sorted(metadata.nouns)]
    closed = [PERIODS, CLOSED_PERIODS, SIGNED_FIGURES]
    progress = [DELIVERIES, PROCESSED, enter.TAKEN_IN, taken_in.TAKEN_IN, STANDS_ON]
    return [*named_tables(metadata), QUARANTINE, *rejects, *closed, *progress, rows.PERSON]
