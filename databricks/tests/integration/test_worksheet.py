"""The twelve accounts of docs/worksheet.md, from their files to the figures worked by hand, and from figures back."""

import random
import re
import shutil
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from line import Line
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from rcm_lakehouse.kpis.definitions import read_kpis
from rcm_lakehouse.kpis.feeds import choices
from rcm_lakehouse.kpis.reckon import end_of_day, reckon_kpis
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.values import KpiRow
from traced import SLICES, Traced
from worksheet import FULL, said_otherwise, worksheet_deliveries, worksheet_metadata

REPOSITORY = Path(__file__).parents[3]
AS_OF = date(2024, 3, 31)
SIDES = ("numerator", "denominator")
NOTHING = (Decimal(0), Decimal(0), None)
WITHDRAWN = {
    "append": "hospital_a__charge",
    "delta": "hospital_a__account",
    "period": "hospital_a__patient_payment.2024-02.corrected",
    "full": FULL,
}.values()
KNOWN = (AS_OF, date(2024, 4, 30))

type Row = dict[str, str]


def hand_worked(heading: str) -> list[Row]:
    """The rows of the table under a heading of the worksheet."""
    text = (REPOSITORY / "docs" / "worksheet.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


@dataclass(frozen=True, slots=True)
class Worked:
    """The line after both deliveries, and its figures of March's end as known on each of KNOWN."""

    line: Line
    figures: list[dict[tuple[str, str, str], KpiRow]]


@pytest.fixture(scope="module")
def worked(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Worked:
    folder = tmp_path_factory.mktemp("worksheet")
    line = Line(spark, folder, worksheet_metadata(folder))
    files = worksheet_deliveries()
    line.to_ledger(*(one for one in files if one.as_of == "2024-03-31"))
    line.to_ledger(*(one for one in files if one.as_of == "2024-04-15"), *said_otherwise())
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


@pytest.fixture(scope="module")
def traced(worked: Worked) -> Traced:
    return Traced(worked.line, AS_OF)


def test_what_is_traced_adds_up_to_every_figure_and_slice_to_the_cent(traced: Traced) -> None:
    sums = traced.sums()
    sides = {(one["kpi_id"], one["bucket"]): one for one in traced.document["figures"]}
    figures = traced.lake.read("gold.kpi").collect()
    for row in figures:
        of = sides[row["kpi_id"], row["bucket"]]
        place = (row["hospital"], row["period"], row["dimension"], row["member"])
        assert [sums.get((*of[side], *place), 0) for side in SIDES] == [row[side] for side in SIDES], (of, place)
    kpis = {path.stem for path in (REPOSITORY / "metadata" / "kpis").glob("*.json")}
    assert {row["kpi_id"] for row in figures} == kpis - {"claim_status_denial_rate"}
    assert {row["dimension"] for row in figures} == {None, *SLICES}


@pytest.mark.parametrize("relation", ["posted_entry", "unbilled_charge", "claim_edit", "gl_balance", "encounter"])
def test_a_row_that_is_a_line_or_record_names_the_row_of_the_file_that_said_it(traced: Traced, relation: str) -> None:
    rows = traced.rows(relation)
    names = ("_file_version_id", "_generation", "_row_number")
    logs = {
        source_id: set(traced.lake.read(f"bronze.{source_id}").select(*names).collect())
        for source_id in {row["source_id"] for row in rows}
    }
    assert rows
    assert all(tuple(row[name] for name in names) in logs[row["source_id"]] for row in rows)


def test_the_api_pages_through_all_rows_of_a_figure(traced: Traced) -> None:
    asked = {"kpi_id": "gross_days_in_ar", "hospital": "hospital_a", "period": "2024-03"}
    whole = traced.ask(**asked)
    assert whole["amount"] == whole["figure"]["numerator"]
    assert sum(Decimal(row["amount"]) for row in whole["rows"]) == Decimal(whole["amount"])
    pages = [traced.ask(**asked, limit="2", page=str(start)) for start in range(0, whole["row_count"], 2)]
    assert [row for page in pages for row in page["rows"]] == whole["rows"]


def test_the_api_adds_up_to_the_figures_of_slices(traced: Traced) -> None:
    slices = traced.lake.read("gold.kpi").where("dimension = 'payer' AND period = '2024-03'").collect()
    for row in random.Random(1).sample(slices, 12):
        named = {name: row[name] for name in ("kpi_id", "hospital", "period", "bucket", "member") if row[name]}
        for side in SIDES:
            said = traced.ask(**named, dimension="payer", side=side)
            assert Decimal(said["amount"]) == row[side] == Decimal(said["figure"][side])
            assert {one["payer"] for one in said["rows"]} <= {row["member"]}


def test_a_balance_is_told_down_to_the_records_that_make_it(traced: Traced) -> None:
    asked = {"kpi_id": "gross_days_in_ar", "hospital": "hospital_a", "period": "2024-03"}
    for row in traced.ask(**asked)["rows"]:
        told = traced.ask(**asked, row=str(row["number"]))
        assert (told["row"], told["amount"]) == (row["row"], row["amount"])
        assert sum(Decimal(one["amount"]) for one in told["entries"]) == Decimal(row["amount"])
        assert all(one["from"]["row_number"] for one in told["entries"])


def test_figures_that_did_not_change_are_not_traced_again(worked: Worked, traced: Traced) -> None:
    before = (traced.document, traced.files)
    again = Traced(worked.line, AS_OF)
    assert (again.document, again.files) == before
    assert again.edition != traced.edition


FIGURE = ("kpi_id", "hospital", "period", "bucket", "dimension", "member")


@pytest.mark.parametrize("name", WITHDRAWN)
def test_what_a_file_is_told_to_move_is_what_its_withdrawal_moves(
    worked: Worked, traced: Traced, tmp_path: Path, name: str
) -> None:
    (file,) = [one for one in worksheet_deliveries() if one.name == name]
    told = traced.impact(file.file_version_id)
    shutil.copytree(worked.line.store.lake_root, tmp_path / "lake")
    line = Line(traced.lake.spark, tmp_path, worked.line.metadata_folder)
    line.to_ledger(file.withdrawn())
    rows = reckon_kpis(line.lake, line.metadata, read_kpis(line.metadata_folder), AS_OF)
    found = {tuple(getattr(row, one) for one in FIGURE): (row.numerator, row.denominator, row.value) for row in rows}
    published = traced.lake.read("gold.kpi").collect()
    before = {
        tuple(row[one] for one in FIGURE): (row["numerator"], row["denominator"], row["value"]) for row in published
    }
    ceased = {(one["kpi_id"], one["hospital"]) for one in told["ceases"]}
    moved = {tuple(row.get(one) for one in FIGURE): after(row) for row in told["figures"]}
    expected = {place: sides for place, sides in (before | moved).items() if place[:2] not in ceased}
    expected |= {place: NOTHING for place, sides in expected.items() if place[4] and not sides[1]}
    for place in sorted(expected.keys() | found.keys(), key=str):
        assert expected.get(place, NOTHING) == found.get(place, NOTHING), place
    assert ceased == {place[:2] for place in before} - {place[:2] for place in found}
    assert all(moved[place] != before.get(place, NOTHING) for place in moved)
    assert {place[4] for place in moved} == {None, *SLICES}
    assert told["not_told"] == []


def after(row: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal | None]:
    above, below, value = (row[name]["after"] for name in ("numerator", "denominator", "value"))
    return Decimal(above), Decimal(below), None if value is None else Decimal(value)


def test_who_payers_are_is_not_told_and_the_answer_says_so(traced: Traced) -> None:
    (payers,) = [one for one in worksheet_deliveries() if one.source_id == "health_system__payer"]
    told = traced.impact(payers.file_version_id)
    assert (told["not_told"], told["figures"]) == (["account_balance"], [])
