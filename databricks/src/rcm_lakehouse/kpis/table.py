"""The tables `gold.kpi` and `gold.patient_pay`: anew when definitions, the day or what they are made of changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime

from pyspark.sql import DataFrame

from rcm_lakehouse.kpis.definitions import read_kpis
from rcm_lakehouse.kpis.feeds import Choice, choices
from rcm_lakehouse.kpis.patient_pay import patient_pay_rates
from rcm_lakehouse.kpis.reckon import figures
from rcm_lakehouse.kpis.relations import RELATIONS
from rcm_lakehouse.kpis.relations.claims import denial_rules_id
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.values import KpiRow
from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.parallel import each
from rcm_lakehouse.session import metadata_path

KPI_TABLE = "gold.kpi"

KPI_SCHEMA = (
    "kpi_id string, version int, basis string, hospital string, period string, bucket string, dimension string, "
    "member string, as_of date, known_at timestamp, value decimal(38,6), numerator decimal(38,2), "
    "denominator decimal(38,2), multiplier int, left_out map<string, bigint>, unit string, quality string"
)

PATIENT_PAY_TABLE = "gold.patient_pay"

PATIENT_PAY_SCHEMA = (
    "hospital string, factor string, member string, outcome string, accounts bigint, of_accounts bigint, "
    "rate decimal(9,6), low decimal(9,6), high decimal(9,6), as_of date, known_at timestamp"
)

PATIENT_PAY_KPI = "patient_pay_collected"
"""The KPI whose feeds are those of `gold.patient_pay`."""

KPI_RULES_VERSION = 1
"""Raised when the code that lays relations out or sums them up changes its meaning."""


@dataclass(frozen=True, slots=True)
class KpisWritten:
    """What was written, and the tables it was made of that there are."""

    written: tuple[Written, ...]
    made_of: tuple[str, ...]


def kpi_choices(lake: Lake, metadata: Metadata) -> list[Choice]:
    """Every KPI at every hospital: the definition that counts there, or the feeds it lacks."""
    return choices(read_kpis(metadata_path()), Known(lake, metadata, None).feeds())


def write_kpis(lake: Lake, metadata: Metadata, as_of: date, now: datetime) -> KpisWritten:
    """Reckons all KPIs as of a day, as known now; nothing when nothing they are made of has changed.

    `gold.kpi` is written last: its commit says what both tables are made of.
    """
    chosen = kpi_choices(lake, metadata)
    versions = _versions(lake, chosen)
    note = _note(metadata, chosen, as_of, versions)
    if lake.exists(KPI_TABLE) and lake.newest_write(KPI_TABLE)["userMetadata"] == note:
        return KpisWritten((), ())
    known = Known(lake, metadata, None)
    rows = [_cells(row) for row in figures(known, chosen, as_of, now)]
    rates = _patient_pay(known, chosen, as_of, now)
    told = rates or lake.exists(PATIENT_PAY_TABLE)
    written = [lake.replace(PATIENT_PAY_TABLE, _frame(lake, rates, PATIENT_PAY_SCHEMA))] if told else []
    written.append(lake.replace(KPI_TABLE, _frame(lake, rows, KPI_SCHEMA), note))
    return KpisWritten(tuple(written), tuple(name for name, version in versions.items() if version is not None))


def _patient_pay(known: Known, chosen: Sequence[Choice], as_of: date, now: datetime) -> list[tuple[object, ...]]:
    fed = {one.hospital for one in chosen if one.kpi.kpi_id == PATIENT_PAY_KPI and one.definition}
    found = patient_pay_rates(known, as_of) if fed else []
    return [(*astuple(one), as_of, now) for one in found if one.hospital in fed]


def _frame(lake: Lake, rows: Sequence[tuple[object, ...]], schema: str) -> DataFrame:
    return local_rows(lake.spark, rows, schema).coalesce(1)


def _versions(lake: Lake, chosen: Sequence[Choice]) -> dict[str, int | None]:
    """The tables that the chosen definitions stand on, and their versions."""
    used = {one.of for choice in chosen if choice.definition for one in choice.definition.sums()}
    tables = sorted({table for name in used for table in RELATIONS[name].tables})
    return dict(zip(tables, each(lake.version, tables), strict=True))


def _note(metadata: Metadata, chosen: Sequence[Choice], as_of: date, versions: Mapping[str, int | None]) -> str:
    facts = {
        "rules": KPI_RULES_VERSION,
        "denials": denial_rules_id(metadata),
        "definitions": sorted({choice.kpi.fingerprint for choice in chosen}),
        "bases": {f"{c.hospital} {c.kpi.kpi_id}": c.definition.basis for c in chosen if c.definition},
        "as_of": as_of.isoformat(),
        "made_of": versions,
    }
    return json.dumps(facts, sort_keys=True)


def _cells(row: KpiRow) -> tuple[object, ...]:
    cells = (getattr(row, name) for name in KpiRow.__slots__)
    return tuple(list(cell.items()) if isinstance(cell, dict) else cell for cell in cells)
