"""The medallion bench's own ground: what its batch changes, what is true after it, and who counts as wrong."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local.bench.medallion.batch import KINDS, SHARE, Batch, next_batch
from local.bench.medallion.deliveries import BATCHED, write_deliveries
from local.bench.medallion.hospital import HOSPITALS, Table, hospital_tables
from local.bench.medallion.oracle import CONTENT, wrong_members
from shared.metadata import load_metadata

REPOSITORY = Path(__file__).parents[3]
SCALE = 0.4


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return dict(hospital_tables("hospital_a", SCALE, seed=3))


def _batch(tables: dict[str, Table], noun: str) -> Batch:
    return next_batch(noun, "hospital_a", tables[noun], seed=3)


def test_the_same_seed_draws_the_same_rows(tables: dict[str, Table]) -> None:
    assert hospital_tables("hospital_a", SCALE, seed=3)["transaction"].equals(tables["transaction"])


@pytest.mark.parametrize("noun", BATCHED)
def test_a_batch_brings_two_percent_of_the_rows_each_key_once(tables: dict[str, Table], noun: str) -> None:
    batch = _batch(tables, noun)
    keys = batch.rows.column(0).to_pylist()
    assert len(keys) == len(set(keys)) == int(tables[noun].num_rows * SHARE) == sum(batch.counts.values())
    assert batch.counts.keys() == KINDS.keys()


@pytest.mark.parametrize("noun", BATCHED)
def test_truth_after_a_batch_has_neither_its_late_rows_nor_its_bad_ones(tables: dict[str, Table], noun: str) -> None:
    batch = _batch(tables, noun)
    before, after = tables[noun].to_pylist(), batch.truth.to_pylist()
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    assert changed == len(batch.rows) - batch.counts["late"] - batch.counts["bad"]


def test_files_arrive_where_the_shipped_sources_look_for_them(tmp_path: Path) -> None:
    deliveries = write_deliveries(tmp_path, 0.02, seed=3)
    sources = load_metadata(REPOSITORY / "metadata").sources
    for wave in deliveries.waves.values():
        for file in wave.files:
            assert sources[file.source_id].path_pattern.match(file.path), file.path


def test_missing_doubled_wrong_and_unheard_of_members_all_count(tmp_path: Path) -> None:
    for noun, (key, content) in CONTENT.items():
        rows = {key: ["1", "2", "3", "4"], **{name: ["7"] * 4 for name in content}}
        for hospital in HOSPITALS:
            pq.write_table(pa.table(rows), tmp_path / f"{hospital}__{noun}.parquet")

    def answer(_: Path, noun: str) -> pd.DataFrame:
        key, content = CONTENT[noun]
        whole = {"hospital": [h for h in HOSPITALS for _ in range(4)], key: ["1", "2", "3", "4"] * 2}
        frame = pd.DataFrame({**whole, **{name: _as_stored(name) for name in content}})
        if noun != "patient":
            return frame
        frame.loc[0, content[0]] = "8"  # wrong
        doubled, unheard = frame.iloc[[2]], frame.iloc[[3]].assign(**{key: "9"})
        return pd.concat([frame.drop(index=1), doubled, unheard])  # and the second is missing

    assert wrong_members(tmp_path, tmp_path, answer) == {"patient": 4, "encounter": 0, "transaction": 0, "claim": 0}


def _as_stored(column: str) -> str:
    return "7.00" if column in ("PaidAmount", "Copay") else "7"
