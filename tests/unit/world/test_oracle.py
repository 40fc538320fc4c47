"""The truth's KPIs and the oracle's, which reads nothing but files and KPIS.md's sentences, are the same numbers."""

import json

import pytest

from local.world.oracle.books import Books, read_books
from local.world.oracle.kpis import kpis
from local.world.truth import TruthWorld, write_truth_world

pytestmark = pytest.mark.slow

HOSPITALS = ("hospital_a", "hospital_b")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> TruthWorld:
    return write_truth_world(tmp_path_factory.mktemp("truth"), claims=400, seed=29)


@pytest.mark.parametrize("wave", range(4))
def test_every_kpi_of_the_last_twelve_months_is_the_oracle_s(world: TruthWorld, wave: int) -> None:
    known = world.waves[wave].known_on
    rows = json.loads((world.truth / "kpis.json").read_text(encoding="utf-8"))
    truth = {
        (row["hospital"], row["period"], row["kpi_id"], row["bucket"]): (row["numerator"], row["denominator"])
        for row in rows
        if row["known_at"] == known.isoformat()
    }
    oracle = {
        (books.hospital, period, kpi_id, bucket): (numerator, denominator)
        for books in all_books(world, wave)
        for period in sorted({period for _, period, _, _ in truth})[-12:]
        for kpi_id, bucket, numerator, denominator in kpis(books, period)
    }
    assert {key: truth.get(key) for key in oracle} == oracle
    periods = {period for _, period, _, _ in oracle}
    untold = [pair for key, pair in truth.items() if key not in oracle and key[1] in periods]
    assert not any(numerator or denominator for numerator, denominator in untold)


def all_books(world: TruthWorld, wave: int) -> list[Books]:
    return [read_books(world, hospital, world.waves[wave].known_on) for hospital in HOSPITALS]
