"""A trace is read from the folder that its document names, and an attempt that died leaves nothing in it."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from line import Line
from pyspark.sql import SparkSession
from rcm_lakehouse.kpis.table import KPI_TABLE
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.trace import publish_trace as module
from rcm_lakehouse.trace.publish_trace import publish_trace

REPOSITORY = Path(__file__).parents[3]


def test_an_attempt_that_died_leaves_nothing_in_the_trace_that_is_read(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(spark, tmp_path, REPOSITORY / "metadata")
    arguments = line.arguments([])
    line.lake.replace(KPI_TABLE, spark.range(1).coalesce(1), note='{"as_of": "2026-03-01"}')
    folders: list[str] = []

    def traced(_: Lake, __: Metadata, as_of: date, folder: str) -> Mapping[str, str]:
        Path(folder, "figure").mkdir(parents=True)
        Path(folder, "figure", f"part-{len(folders)}.parquet").touch()
        folders.append(folder)
        if len(folders) == 1:
            raise ConnectionError("the driver is gone")
        return {"of": as_of.isoformat()}

    monkeypatch.setattr(module, "_trace", traced)
    with pytest.raises(ConnectionError):
        publish_trace(line.lake, arguments, line.metadata)
    assert publish_trace(line.lake, arguments, line.metadata)
    (part,) = Path(arguments.uri(f"published/{arguments.token}/trace.json")).glob("part-*")
    assert json.loads(part.read_text())["trace_id"] == Path(folders[1]).name != Path(folders[0]).name
    assert [path.name for path in Path(folders[1], "figure").iterdir()] == ["part-1.parquet"]
    assert not publish_trace(line.lake, arguments, line.metadata)
    assert len(folders) == 2
