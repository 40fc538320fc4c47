"""The twelve accounts of docs/worksheet.md, from their files to the figures that were worked by hand."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from deliveries import Delivered
from line import Line
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from rcm_lakehouse.kpis.definitions import read_kpis
from rcm_lakehouse.kpis.feeds import choices
from rcm_lakehouse.kpis.reckon import end_of_day, reckon_kpis
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.values import KpiRow

REPOSITORY = Path(__file__).parents[3]
FILES = Path(__file__).parents[1] / "fixtures" / "worksheet"
AS_OF = date(2024, 3, 31)
KNOWN = (AS_OF, date(2024, 4, 30))

type Row = dict[str, str]


def hand_worked(heading: str) -> list[Row]:
    """The rows of the table under a heading of the worksheet."""
    text = (REPOSITORY / "docs" / "worksheet.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def delivered(path: Path) -> Delivered:
    """A file; its name is source, then period, then `corrected`."""
    source_id, period, corrected = [*path.stem.split("."), "", ""][:3]
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return Delivered(source_id, path.stem, "2024-04-15" if corrected else "2024-03-31", rows, period=period or None)


@dataclass(frozen=True, slots=True)
class Worked:
    """The line after both deliveries, and its figures of March's end as known on each of KNOWN."""

    line: Line
    figures: list[dict[tuple[str, str, str], KpiRow]]


@pytest.fixture(scope="module")
def worked(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Worked:
    line = Line(spark, tmp_path_factory.mktemp("worksheet"), REPOSITORY / "metadata")
    files = [delivered(path) for path in sorted(FILES.glob("*.csv"))]
    line.to_ledger(*(one for one in files if one.as_of == "2024-03-31"))
    line.to_ledger(*(one for one in files if one.as_of == "2024-04-15"))
    kpis = read_kpis(line.metadata_folder)
    told = [reckon_kpis(line.lake, line.metadata, kpis, AS_OF, end_of_day(day)) for day in KNOWN]
    return Worked(line, [{(r.kpi_id, r.bucket or "", r.period): r for r in rows if not r.dimension} for rows in told])


@pytest.mark.parametrize("known", range(len(KNOWN)))
def test_every_balance_is_the_one_worked_by_hand(worked: Worked, known: int) -> None:
    at = end_of_day(KNOWN[known])
    lines = worked.line.lake.read("gold.ledger_line").where("gl_account = '1200'")
    posted = lines.where((F.col("posting_date") <= F.lit(AS_OF)) & (F.col("known_at") <= F.lit(at)))
    balances = posted.groupBy("account_id", "responsible_party").agg(F.sum("amount")).collect()
    found = {(row[0].removeprefix("hospital_a:"), row[1]): row[2] for row in balances if row[2]}
    by_hand = {
        (row["account"], row["party"]): Decimal(row[f"as known on {KNOWN[known]}"])
        for row in hand_worked("Balances as of 2024-03-31 (compared)")
    }
    assert found == {balance: amount for balance, amount in by_hand.items() if amount}


@pytest.mark.parametrize(
    "row", hand_worked("Figures (compared)"), ids=lambda r: f"{r['KPI']} {r['bucket']} {r['month']}"
)
def test_every_figure_is_the_one_worked_by_hand(worked: Worked, row: Row) -> None:
    for known, figures in enumerate(worked.figures):
        got = figures[row["KPI"], row["bucket"], row["month"]]
        numbers = [Decimal(row[name].split(", ")[-1 if known else 0]) for name in ("numerator", "denominator", "value")]
        assert [got.numerator, got.denominator, got.value] == numbers
        assert got.multiplier == int(row["multiplier"])


def test_what_has_no_feed_refuses_and_names_it(worked: Worked) -> None:
    feeds = Known(worked.line.lake, worked.line.metadata, None).feeds()
    refused = [one for one in choices(read_kpis(worked.line.metadata_folder), feeds) if one.definition is None]
    assert [(one.kpi.kpi_id, one.missing_feeds) for one in refused] == [("claim_status_denial_rate", ("claim",))]
