"""Everything a tie-out looks at, summed up on the cluster and told apart by hospital and period."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pyspark.sql import DataFrame

from rcm_lakehouse.close.figures import NOUGHT, RECEIVABLE_GROUPS, Cell, Figure, cells, movements
from rcm_lakehouse.close.general_ledger import GlBalance, read_gl_balances
from rcm_lakehouse.close.kpi_rows import Measured, measured
from rcm_lakehouse.close.records import Kept, kept
from rcm_lakehouse.close.remittances import Remitted, remitted
from rcm_lakehouse.close.signed import Signed
from rcm_lakehouse.close.stated import Stated, totals
from rcm_lakehouse.close.tie_out import Period
from rcm_lakehouse.close.trial_balance import Aged, aged_trial_balance
from rcm_lakehouse.kpis.table import KPI_TABLE
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.parallel import DRIVER_THREADS

ACCOUNTS = "silver.account"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sums of each stage, of all hospitals and periods."""

    cells: Sequence[Cell]
    aged: Sequence[Aged]
    kept: Sequence[Kept]
    remitted: Sequence[Remitted]
    stated: Sequence[Stated]
    kpis: Sequence[Measured]
    general_ledger: Sequence[GlBalance]

    @property
    def breaks(self) -> int:
        """How many records and lines are not as they should be."""
        records = sum(one.breaks for one in self.kept)
        payments = sum(one.breaks for one in self.remitted)
        return records + payments + sum(one.breaks for one in self.stated)

    def of(self, hospital: str, period: str, figures: Iterable[Figure], signed: Signed) -> Period:
        """What belongs to one period. A record of no known period counts in every one."""
        moved = movements((cell for cell in self.cells if cell.hospital == hospital), "own_period")
        receivable = [
            amount for (_, month, group), amount in moved.items() if month <= period and group in RECEIVABLE_GROUPS
        ]
        booked = [one for one in self.general_ledger if one.hospital == hospital]
        return Period(
            hospital=hospital,
            period=period,
            kept=tuple(k for k in self.kept if k.hospital == hospital and k.period in (None, period)),
            remitted=tuple(r for r in self.remitted if (r.hospital, r.period) == (hospital, period)),
            stated=tuple(s for s in self.stated if (s.hospital, s.period) == (hospital, period)),
            posted={group: amount for (_, month, group), amount in moved.items() if month == period},
            receivable=sum(receivable, NOUGHT),
            aged=tuple(part for part in self.aged if (part.hospital, part.period) == (hospital, period)),
            kpis=tuple(row for row in self.kpis if (row.hospital, row.period) == (hospital, period)),
            figures=tuple(figures),
            general_ledger=tuple(one for one in booked if one.period == period),
            feeds_general_ledger=bool(booked),
            signed=signed.get((hospital, period), {}),
        )


@dataclass(frozen=True, slots=True)
class Stages:
    """What stands beside each other: `records.compared`, `remittances.balanced`, `stated.beside`."""

    records: Sequence[DataFrame]
    remittances: DataFrame | None
    entries: DataFrame | None

    def named(self) -> Iterator[tuple[str, DataFrame]]:
        """Each with the name of its stage."""
        yield from (("records", rows) for rows in self.records)
        if self.remittances is not None:
            yield "remittances", self.remittances
        if self.entries is not None:
            yield "entries", self.entries


def gather(lake: Lake, lines: DataFrame, stages: Stages, until: str) -> Evidence:
    """Sums everything up, some queries at a time."""
    with ThreadPoolExecutor(max_workers=DRIVER_THREADS) as pool:
        kept_ = pool.submit(kept, stages.records)
        aged = pool.submit(aged_trial_balance, lines, _holding(lake, ACCOUNTS), until)
        stated_ = pool.submit(_totals, totals, stages.entries)
        summed = pool.submit(cells, lines)
        remitted_ = pool.submit(_totals, remitted, stages.remittances)
        kpis = pool.submit(lambda: measured(lake.read(KPI_TABLE)) if lake.exists(KPI_TABLE) else [])
        has_gl = lake.exists("silver.gl_balance")
        booked = pool.submit(lambda: read_gl_balances(_holding(lake, "silver.gl_balance")) if has_gl else [])
        return Evidence(
            cells=summed.result(),
            aged=aged.result(),
            kept=kept_.result(),
            remitted=remitted_.result(),
            stated=stated_.result(),
            kpis=kpis.result(),
            general_ledger=booked.result(),
        )


def _totals[Total](add_up: Callable[[DataFrame], list[Total]], rows: DataFrame | None) -> list[Total]:
    return [] if rows is None else add_up(rows)


def _holding(lake: Lake, table: str) -> DataFrame:
    """What holds now."""
    return lake.read(table).where("is_current")
