"""One-cent changes in a copy of the lake, at every stage between log and figure, and whether the close finds each.

Runs in the Spark session's process. It changes cells by SQL and reads the periods that the close wrote; it knows
nothing of how the close compares.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from local.verify_truth.periods import failing_lines
from local.verify_truth.verdict import Verdict

RECORD = ("_file_version_id", "_generation", "_row_number")
LOG_AMOUNTS = {
    "charge": "Amount", "remittance": "PaymentAmount", "remittance_claim": "PaidAmount",
    "remittance_adjustment": "Amount", "provider_adjustment": "Amount", "patient_payment": "Amount",
    "account_adjustment": "Amount", "payable": "Amount",
}  # fmt: skip
SILVER_AMOUNTS = {
    "charge": "amount", "remittance_claim": "paid_amount", "remittance_adjustment": "amount",
    "provider_adjustment": "amount", "patient_payment": "amount", "account_adjustment": "amount", "payable": "amount",
    "gl_balance": "amount",
}  # fmt: skip
LEDGER_ACCOUNTS = (("hospital_a", "1200"), ("hospital_b", "1000"), ("hospital_a", "4000"), ("hospital_b", "4100"))
KPI_SIDES = (
    ("hospital_b", "gross_days_in_ar", "", "numerator"),
    ("hospital_b", "aged_ar", "insurer|31-60", "denominator"),
    ("hospital_b", "charity_share", "", "denominator"),
)
"""Where no line of the ledger is changed, 1200 and 4000 of hospital B: two equal cents would agree with each other."""


type Values = Mapping[str, str | int]
"""By column."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is to change: in the rows of a table where columns have these values."""

    stage: str
    table: str
    column: str
    where: Values
    hospital: str
    expected: Values
    """What a located break (or a failing line of the tie-out) must say of it."""
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """Some row of a table where a condition holds: its `columns` name the row that `cell` says what to change of."""

    table: str
    columns: tuple[str, ...]
    where: str
    cell: Callable[[Values], Cell]


def main() -> None:
    options = _options()
    spark = SparkSession.builder.getOrCreate()
    if options.step == "plant":
        cells = list(_cells(spark, options.lake))
        by_table = [list(mine) for _, mine in groupby(cells, key=lambda cell: cell.table)]
        _each(partial(_change_all, spark, options.lake), by_table)
        options.planted.write_text(json.dumps([_document(cell) for cell in cells]))
    else:
        planted = [Cell(**one) for one in json.loads(options.planted.read_text())]
        _judge(spark, options.lake, planted).write(options.verdict)


def _each[Given, Made](function: Callable[[Given], Made], items: Iterable[Given]) -> list[Made]:
    """`function` of every item, two at a time: most of what a small change costs is the waiting for its commit."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(function, items))


def _document(cell: Cell) -> dict[str, Any]:
    return {name: getattr(cell, name) for name in Cell.__slots__}


def _cells(spark: SparkSession, lake: Path) -> Iterable[Cell]:
    """One row of each table that has any, the same at every run: of hospital A's log, of hospital B's silver."""
    found = _each(lambda one: [one.cell(row) for row in _one(spark, lake, one)], _sought())
    return chain.from_iterable(found)


def _sought() -> Iterator[Sought]:
    for noun, column in LOG_AMOUNTS.items():
        table = f"bronze/hospital_a__{noun}"
        cell = partial(_record_cell, "log", table, column, noun, "hospital_a")
        yield Sought(table, RECORD, f"try_cast({column} AS DECIMAL(18, 2)) <> 0", cell)
    for noun, column in SILVER_AMOUNTS.items():
        table, of_b = f"silver/{noun}", f"source_id = 'hospital_b__{noun}'"
        cell = partial(_record_cell, "silver", table, column, noun, "hospital_b")
        yield Sought(table, RECORD, f"is_current AND {of_b} AND {column} <> 0", cell)
    for hospital, account in LEDGER_ACCOUNTS:
        where = f"hospital = '{hospital}' AND gl_account = '{account}'"
        yield Sought("gold/ledger_line", ("line_id",), where, partial(_line_cell, hospital))
    for hospital, kpi_id, bucket, side in KPI_SIDES:
        where = f"hospital = '{hospital}' AND kpi_id = '{kpi_id}' AND coalesce(bucket, '') = '{bucket}'"
        names = ("hospital", "kpi_id", "period")
        cell = partial(_kpi_cell, kpi_id, bucket, side)
        yield Sought("gold/kpi", names, f"{where} AND dimension IS NULL AND {side} <> 0", cell)


def _line_cell(hospital: str, row: Values) -> Cell:
    return Cell("ledger", "gold/ledger_line", "amount", row, hospital, row)


def _kpi_cell(kpi_id: str, bucket: str, side: str, row: Values) -> Cell:
    line = {"check": "kpi", "of": ".".join(part for part in (kpi_id, bucket, side) if part)}
    given = {**row, "coalesce(bucket, '')": bucket, "coalesce(dimension, '')": ""}
    return Cell("kpi", "gold/kpi", side, given, str(row["hospital"]), line, str(row["period"]))


def _record_cell(stage: str, table: str, column: str, noun: str, hospital: str, row: Values) -> Cell:
    names = {"_file_version_id": "file_version_id", "_generation": "generation", "_row_number": "row_number"}
    expected = {"stage": "records", "noun": noun, **{names[name]: value for name, value in row.items()}}
    source = {"source_id": f"{hospital}__{noun}", "is_current": "true"} if stage == "silver" else {}
    return Cell(stage, table, column, {**row, **source}, hospital, expected)


def _one(spark: SparkSession, lake: Path, sought: Sought) -> list[Values]:
    """The values in one row; none where there is no such row."""
    rows = spark.read.format("delta").load(str(lake / sought.table)).where(sought.where)
    columns = sought.columns
    chosen = rows.orderBy(F.xxhash64(*columns), *columns).select(*columns).limit(1)
    return [row.asDict() for row in chosen.collect()]


def _change_all(spark: SparkSession, lake: Path, cells: Iterable[Cell]) -> None:
    """Cells of one table, one after the other: two commits at once would be in each other's way."""
    for cell in cells:
        _change(spark, lake, cell)


def _change(spark: SparkSession, lake: Path, cell: Cell) -> None:
    where = " AND ".join(f"{name} = '{value}'" for name, value in cell.where.items())
    amount = f"CAST({cell.column} AS DECIMAL(38, 2)) + 0.01"
    value = f"CAST({amount} AS STRING)" if cell.stage == "log" else amount
    table = f"delta.`{lake / cell.table}`"
    updated: Any = spark.sql(f"UPDATE {table} SET {cell.column} = {value} WHERE {where}").first()  # noqa: S608 -- names
    assert updated[0] == 1, f"{updated[0]} rows changed in {cell.table}"


def _judge(spark: SparkSession, lake: Path, planted: list[Cell]) -> Verdict:
    """Each change is to be told of by a period that does not tie out, with the place of it."""
    told = spark.read.format("delta").load(str(lake / "gold" / "period_close")).select("told").collect()
    failed = [period for period in (json.loads(row[0]) for row in told) if not period["ties_out"]]
    verdict = Verdict()
    for cell in planted:
        periods = [one for one in failed if one["hospital"] == cell.hospital and cell.period in (None, one["period"])]
        places = [place for one in periods for place in (*one["breaks"], *failing_lines(one))]
        caught = any(cell.expected.items() <= place.items() for place in places)
        verdict.add("one_cent_breaks", 1, not caught, [] if caught else [_missed(cell)])
    return verdict


def _missed(cell: Cell) -> dict[str, str]:
    return {
        "what": f"one cent in {cell.stage}",
        "where": f"{cell.table}.{cell.column} {dict(cell.where)}",
        "truth": "caught and located",
        "found": "not told",
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("plant", "judge"))
    parser.add_argument("--lake", type=Path, required=True, help="folder of the copy of the lake")
    parser.add_argument("--planted", type=Path, required=True, help="file that lists what was changed")
    parser.add_argument("--verdict", type=Path, help="file for what was found")
    return parser.parse_args()
