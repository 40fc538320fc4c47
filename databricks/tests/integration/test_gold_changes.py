"""Gold brought up by changes is gold built whole, whatever came, and wherever a run before it ended."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from rcm_lakehouse.gold import bring_up
from rcm_lakehouse.gold.bring_up import Star
from rcm_lakehouse.gold.build import GoldTable, gold_tables
from rcm_lakehouse.gold.model import DIMENSIONS
from rcm_lakehouse.gold.silver_tables import Silver, silver_schema
from rcm_lakehouse.lake import Lake, Staged, Written
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import read_metadata
from rcm_lakehouse.transforms.differences import differences
from rcm_lakehouse.transforms.spans import SPAN

METADATA = read_metadata(Path(__file__).parents[3] / "metadata")
NAMES = ("patient", "transaction")
"""A dimension and a fact bound to its versions, with the day of its encounter. Other dimensions are empty here."""

PEOPLE = [f"hospital_a:P{number}" for number in range(6)]
STARTS = [datetime(2024, month, 1, tzinfo=UTC) for month in (8, 9, 10)]


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr(bring_up, "SMALL_BYTES", 0)
    made = Lake(spark, str(tmp_path))
    for d in DIMENSIONS:
        if d.name not in NAMES:
            keys = f"{d.id_column} string, {d.name}_key string, valid_from timestamp, valid_to timestamp"
            made.append(f"gold.{d.name}", local_rows(spark, [], f"{keys}, is_inferred boolean"))
    return made


class MortalLake(Lake):
    """A lake whose driver dies after some writes, and the tables that it merged into."""

    def __init__(self, lake: Lake, writes: int) -> None:
        super().__init__(lake.spark, lake.path("").rstrip("/"))
        self._writes = iter(range(writes))
        self.merged: set[str] = set()

    def replace(self, table: str, rows: DataFrame, note: str = "") -> Written:
        self._live()
        return super().replace(table, rows, note)

    def merge(self, table: str, staged: Staged, key: Sequence[str]) -> Written | None:
        self._live()
        self.merged.add(table)
        return super().merge(table, staged, key)

    def _live(self) -> None:
        if next(self._writes, None) is None:
            raise ConnectionError("the driver is gone")


def _put(lake: Lake, draw: random.Random) -> None:
    """Silver of another day: some rows are new, changed, gone, no longer current; most are the same."""
    for name, rows in (("patient", _patients(draw)), ("encounter", _encounters(draw)), ("transaction", _bills(draw))):
        noun, table = METADATA.nouns[name], f"silver.{name}"
        columns = [part.split()[0] for part in silver_schema(noun).split(", ")]
        filled = [tuple(({"source_id": f"hospital_a__{name}"} | row).get(c) for c in columns) for row in rows]
        wanted = local_rows(lake.spark, filled, silver_schema(noun))
        key = ("source_id", *noun.key, SPAN[noun.history][0])
        if lake.exists(table):
            lake.merge(table, lake.stage(table, differences(lake.read(table), wanted, key)), key)
        else:
            lake.append(table, wanted)


def _patients(draw: random.Random) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for person in draw.sample(PEOPLE, 5):
        starts = sorted(draw.sample(STARTS, draw.choice([1, 2])))
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            times = {"effective_from": start, "effective_to": end, "is_current": end is None}
            rows.append({"patient_id": person, "gender": draw.choice(["female", "male"]), **times})
    return rows


def _encounters(draw: random.Random) -> list[dict[str, object]]:
    days = {f"E{number}": date(2024, 8, draw.choice([1, 2])) for number in draw.sample(range(5), 4)}
    return [
        {"encounter_id": e, "encounter_date": day, "known_from": STARTS[0], "is_current": True}
        for e, day in days.items()
    ]


def _bills(draw: random.Random) -> list[dict[str, object]]:
    return [
        {
            "transaction_id": f"T{number}",
            "encounter_id": f"E{draw.randrange(5)}",
            "patient_id": draw.choice([*PEOPLE, None]),
            "payer_code": draw.choice(["AETNA", "CIGNA", "PATIENT"]),
            "service_date": date(2024, draw.choice([7, 8, 9, 10]), 15),
            "known_from": STARTS[0],
            "is_current": draw.random() < 0.9,
        }
        for number in draw.sample(range(12), 10)
    ]


def _tables() -> list[GoldTable]:
    return [table for table in gold_tables() if table.name in NAMES]


def _bring_up(lake: Lake) -> set[str]:
    """The tables that were written."""
    star = Star(lake, Silver(lake, METADATA), "rules")
    written = [one for table in _tables() for one in star.bring_up([table])]
    star.record()
    return {one.table for one in written if one}


def _differing(lake: Lake) -> list[str]:
    """The tables that are not what building them whole would give."""
    silver = Silver(lake, METADATA)
    wanted = {table.name: table.build(silver) for table in _tables()}
    return [
        name for name, rows in wanted.items() if _rows(rows) != _rows(lake.read(f"gold.{name}").select(*rows.columns))
    ]


def _rows(rows: DataFrame) -> list[str]:
    return sorted(str(row) for row in rows.collect())


def test_gold_brought_up_by_changes_is_gold_built_whole_also_after_a_run_that_died(lake: Lake) -> None:
    draw = random.Random(3)
    _put(lake, draw)
    _bring_up(lake)
    _put(lake, draw)
    undisturbed = MortalLake(lake, writes=9)
    assert "gold.transaction" in _bring_up(undisturbed)
    assert "gold.transaction" in undisturbed.merged
    assert _differing(lake) == []
    _put(lake, draw)
    for writes in (1, 2):
        with pytest.raises(ConnectionError):
            _bring_up(MortalLake(lake, writes))
    _bring_up(lake)
    assert _differing(lake) == []
    assert _bring_up(lake) == set()


def test_gold_is_what_silver_says_also_where_its_change_feed_has_a_gap(lake: Lake) -> None:
    draw = random.Random(4)
    _put(lake, draw)
    _bring_up(lake)
    table = f"delta.`{lake.path('silver.transaction')}`"
    lake.spark.sql(f"ALTER TABLE {table} UNSET TBLPROPERTIES ('delta.enableChangeDataFeed')").collect()
    _put(lake, draw)
    assert "gold.transaction" in _bring_up(lake)
    assert _differing(lake) == []
