"""Every KPI of a small truth world, to the cent: by month, as known at each wave's end, and by slice."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from patient_pay_oracle import outcomes
from pyspark.sql import SparkSession
from rcm_lakehouse.kpis.definitions import read_kpis
from rcm_lakehouse.kpis.patient_pay import FACTORS, OUTCOMES, Rate, patient_pay_rates
from rcm_lakehouse.kpis.reckon import end_of_day, reckon_kpis
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.values import KpiRow
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import read_metadata
from truth_lake import write_truth_lake

from local.world.oracle.books import read_books
from local.world.truth import TruthWorld, write_truth_world

COUNTED = {"clean_claim_rate", "remittance_denial_rate", "first_pass_rate", "claim_status_denial_rate"}

PLACE = ("kpi_id", "hospital", "period", "bucket", "dimension", "member")

LAST = date(2024, 12, 31)

METADATA = Path(__file__).parents[3] / "metadata"


@dataclass(frozen=True, slots=True)
class Told:
    """The world and the lake that holds it."""

    world: TruthWorld
    lake: Lake

    def reckoned(self, known: date) -> list[KpiRow]:
        metadata = read_metadata(METADATA)
        return reckon_kpis(self.lake, metadata, read_kpis(METADATA), known, end_of_day(known))


@pytest.fixture(scope="module")
def told(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("truth")
    world = write_truth_world(folder / "world", claims=300, seed=11)
    lake = Lake(spark, str(folder / "lake"))
    write_truth_lake(lake, read_metadata(METADATA), world)
    return Told(world, lake)


@pytest.fixture(scope="module")
def last(told: Told) -> list[KpiRow]:
    return told.reckoned(told.world.waves[-1].known_on)


@pytest.fixture(scope="module")
def rates(told: Told) -> list[Rate]:
    return patient_pay_rates(Known(told.lake, read_metadata(METADATA), None), told.world.waves[-1].known_on)


def differences(truth: list[dict[str, Any]], rows: list[KpiRow]) -> list[Any]:
    """(where, truth, reckoned) wherever they are not the same; not to be there is to be nought."""
    found = {_place_of(row): row for row in rows}
    told = {tuple(one.get(name) or "" for name in PLACE): _true(one) for one in truth}
    return [(key, true, here) for key, true in told.items() if (here := _reckoned(found.get(key))) != true]


def _place_of(row: KpiRow) -> tuple[str, ...]:
    member = (row.member or "").removeprefix(f"{row.hospital}:")
    return (row.kpi_id, row.hospital, row.period, row.bucket or "", row.dimension or "", member)


def _true(one: dict[str, Any]) -> tuple[Any, ...]:
    """The truth has whole cents; of counts they are counts."""
    counts = one["kpi_id"] in COUNTED or one["bucket"] == "number"
    above = Decimal(one["numerator"]).scaleb(0 if counts else -2)
    below = Decimal(one["denominator"]).scaleb(0 if counts or one["kpi_id"] == "revenue_per_visit" else -2)
    value = None if one["value"] is None else Decimal(one["value"])
    return (above, below, round(value / 100, 6) if value is not None and one["unit"] == "cents" else value)


def _reckoned(row: KpiRow | None) -> tuple[Any, ...]:
    if row is None:
        return (Decimal(0), Decimal(0), None)
    return (row.numerator, row.denominator, round(row.value, 6) if row.unit == "usd" and row.value else row.value)


@pytest.mark.parametrize("wave", [1, 3])
def test_every_kpi_as_known_at_the_end_of_a_wave_is_the_truth(told: Told, last: list[KpiRow], wave: int) -> None:
    known = told.world.waves[wave].known_on
    truth = json.loads((told.world.truth / "kpis.json").read_text(encoding="utf-8"))
    rows = last if wave == 3 else told.reckoned(known)
    mine = [one for one in truth if one["known_at"] == known.isoformat()]
    assert len(mine) > 1000
    assert differences(mine, rows) == []


def test_every_kpi_of_a_slice_is_the_truth(told: Told, last: list[KpiRow]) -> None:
    slices = pq.read_table(told.world.truth / "kpis.parquet", filters=[("dimension", "!=", "")]).to_pylist()
    assert {one["dimension"] for one in slices} == {"payer", "department", "provider", "service_line"}
    assert differences(slices, last) == []


@pytest.mark.parametrize("factor", ["all", "payer", "plan", "service_line", "prior_behaviour"])
def test_how_patients_paid_is_what_the_books_say(told: Told, rates: list[Rate], factor: str) -> None:
    found = {(r.hospital, r.member, r.outcome): (r.accounts, r.of_accounts) for r in rates if r.factor == factor}
    expected: Counter[tuple[str, str, str]] = Counter()
    accounts: Counter[tuple[str, str]] = Counter()
    for hospital in ("hospital_a", "hospital_b"):
        for member, outcome in outcomes(read_books(told.world, hospital, LAST), LAST, factor):
            accounts[hospital, member] += 1
            expected[hospital, member, outcome] += 1
    assert len(accounts) >= 2
    assert found == {
        (*group, outcome): (expected[*group, outcome], count)
        for group, count in accounts.items()
        for outcome in OUTCOMES
    }


def test_every_rate_lies_in_its_interval(rates: list[Rate]) -> None:
    assert {rate.factor for rate in rates} == set(FACTORS)
    assert all(0 <= rate.low <= rate.rate <= rate.high <= 1 for rate in rates)
