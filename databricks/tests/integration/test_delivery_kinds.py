"""Silver against an oracle: every delivery kind, both histories, any order of processing."""

import json
import random
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from deliveries import Cells, Delivered
from line import Line
from oracle import Content, Version, as_day, as_instant, expected_spans, expected_versions, expected_without
from pyspark.sql import Row, SparkSession
from rcm_lakehouse.deliveries import DELIVERIES, recorded
from rcm_lakehouse.trace.without_file import changed_without, standing_files
from sources import KINDS, write_metadata

MEMBERS = [f"M{number}" for number in range(12)]
EXTRACTS = ("2026-01-05", "2026-01-12", "2026-01-12", "2026-02-02")


def _record(draw: random.Random, member: str) -> Cells:
    return {
        "Id": member,
        "Name": draw.choice(["Ann", "Bo", ""]),
        "Amount": draw.choice(["1.005", "-2", "", "7.5", "x"]),
        "Changed": draw.choice(["2025-12-01", "2026-01-01", "2026-01-08", "2026-01-20", "2026-02-10", ""]),
        "Day": draw.choice(["2026-01-03", "2026-01-30", "2026-02-14"]),
    }


def _deliveries(draw: random.Random, source_id: str) -> list[Delivered]:
    """Four files; members come, go, change, repeat; some records are bad, two not even cells; one file is read again

    with some of its members no more, one is withdrawn."""
    files: list[Delivered] = []
    said: dict[str, Cells] = {}
    torn = draw.sample(range(len(EXTRACTS)), k=2)
    for number, as_of in enumerate(EXTRACTS):
        members = draw.sample(MEMBERS, k=draw.randint(4, 9))
        rows = [_said_again(draw, said, member) for member in (*members, *draw.sample(members, k=2))]
        bad = frozenset(draw.sample(range(1, len(rows) + 1), k=2))
        if number in torn:
            rows, bad = [*rows, {}], bad | {len(rows) + 1}
        files.append(Delivered(source_id, f"file{number}", as_of, rows, bad, delivered_at=f"{as_of}T0{number}:00:00Z"))
    again, withdrawn = draw.sample(files, k=2)
    return [*files, again.again([row for row in again.rows if row][2:]), withdrawn.withdrawn()]


def _said_again(draw: random.Random, said: dict[str, Cells], member: str) -> Cells:
    """More often than not what was last said of the member."""
    if member not in said or draw.random() < 0.4:
        said[member] = _record(draw, member)
    return said[member]


def _latest_generation_last(files: Sequence[Delivered], draw: random.Random) -> list[Delivered]:
    """A random order that a line can bring about: a generation never comes before the one it replaces."""
    order = draw.sample(files, k=len(files))
    return sorted(order, key=lambda one: (one.generation > 1, order.index(one)))


def _stored(line: Line, source_id: str) -> set[Version]:
    noun = source_id.partition("__")[2]
    rows = line.lake.read(f"silver.{noun}").where(f"source_id = '{source_id}'").collect()
    found = set()
    for row in rows:
        if noun == "person":
            times = (as_day(row["effective_from"]), as_day(row["effective_to"]))
        else:
            times = (as_instant(row["known_from"]), as_instant(row["known_until"]))
        position = (row["_file_version_id"], row["_generation"], row["_row_number"])
        member = row[f"{noun}_id"].partition(":")[2]
        found.add(Version(member, *times, _content(row), position))
    assert len(found) == len(rows)
    return found


def _told_without(line: Line) -> set[tuple[str, str, str, Content | None]]:
    """What the trace takes each file's withdrawal to change: source, file version, member, what is believed then."""
    deliveries = recorded(line.lake.read(DELIVERIES))
    sources = [line.metadata.sources[f"{kind}_house__bill"] for kind in KINDS]
    files = standing_files(line.metadata, deliveries)
    changed = changed_without(line.lake, line.metadata.nouns["bill"], sources, deliveries, files)
    names = {file.number: file.file_version_id for file in files}
    found = set()
    for row in changed.collect():
        member = json.loads(row["_key"])["bill_id"].partition(":")[2]
        found.add((row["source_id"], names[row["_without"]], member, None if row["is_gone"] else _content(row)))
    return found


def _content(row: Row) -> Content:
    amount = None if row["amount"] is None else str(row["amount"])
    return (row["name"], amount, *([row["day"].isoformat()] if "day" in row else []))


@pytest.mark.parametrize(("seed", "is_in_order", "runs"), [(1, False, (2, 2, 2)), (2, True, (2, 1, 3))])
def test_silver_is_what_the_deliveries_say_in_whatever_order_they_are_processed(
    spark: SparkSession, tmp_path: Path, seed: int, is_in_order: bool, runs: Sequence[int]
) -> None:
    draw = random.Random(seed)
    line = Line(spark, tmp_path, write_metadata(tmp_path / "metadata"))
    sources = [f"{kind}_house__{noun}" for kind in KINDS for noun in ("person", "bill")]
    files = {source_id: _deliveries(draw, source_id) for source_id in sources}
    if not is_in_order:
        files = {source_id: _latest_generation_last(mine, draw) for source_id, mine in files.items()}
    for first, count in zip(accumulate(runs, initial=0), runs, strict=False):
        line.to_silver(*(one for mine in files.values() for one in mine[first : first + count]))
    for source_id, mine in files.items():
        kind, _, noun = source_id.partition("_house__")
        expected = (expected_versions if noun == "person" else expected_spans)(kind, mine)
        assert _stored(line, source_id) == expected, source_id
    bills = {source_id: mine for source_id, mine in files.items() if source_id.endswith("__bill")}
    assert _told_without(line) == {
        (source_id, *changed)
        for source_id, mine in bills.items()
        for changed in expected_without(source_id.partition("_house__")[0], mine)
    }
