"""Parquet is checked by column, and the verdict is that of its records one by one."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from local.bench.validation.differential import judged
from shared.model.file_format import FileKind
from shared.model.violation import Reason
from shared.pipeline.block import Block
from shared.pipeline.check import RecordChecker
from shared.pipeline.instances import instances
from shared.pipeline.schema.cells import CellTypes
from shared.pipeline.schema.reference import Reference
from shared.pipeline.told_cells import told_cells

ROWS = 40
SEEDS = range(60)
DAY = date(2024, 2, 29)

VALUES: dict[pa.DataType, list[Any]] = {
    pa.int64(): [0, 1, -7, 10, 2**53 + 1, -(2**63)],
    pa.uint8(): [0, 7, 255],
    pa.float64(): [0.0, -0.0, 0.07, 1e300, 5e-324, 1.0, 100.5, float("nan"), float("inf")],
    pa.float32(): [0.1, 7.0, -2.5],
    pa.decimal128(20, 2): [Decimal("0.07"), Decimal("-1.50"), Decimal("100.00")],
    pa.decimal128(30, 20): [Decimal("0.00000000000000000001"), Decimal(7)],
    pa.bool_(): [True, False],
    pa.date32(): [DAY, DAY + timedelta(1), date(1, 1, 1)],
    pa.time64("us"): [time(1, 2, 3), time(1, 2, 3, 4)],
    pa.timestamp("us"): [datetime(2024, 1, 2, 3, 4, 5), datetime(2024, 1, 2, 3, 4, 5, 6)],  # noqa: DTZ001 as stored
    pa.timestamp("ms", "UTC"): [datetime(2024, 1, 2, tzinfo=UTC)],
    pa.null(): [],
}


def column(chance: random.Random, cells: list[str]) -> pa.Array:
    """A column of some type; texts are the drawn ones, at the boundaries of the schema."""
    if chance.random() < 0.4:
        kind = chance.choice([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
        return pa.array([cell or None for cell in cells], pa.string()).cast(kind)
    kind = chance.choice(list(VALUES))
    return pa.array([chance.choice([None, *VALUES[kind]]) for _ in cells], kind)


@pytest.mark.parametrize("seed", SEEDS)
def test_typed_columns_are_judged_as_their_records_are(seed: int) -> None:
    case, _, _ = judged(seed)
    chance = random.Random(seed)
    cells = [list(each)[:ROWS] for each in zip(*case.rows, strict=True)]
    batch = pa.RecordBatch.from_arrays([column(chance, each) for each in cells], list(case.names))
    block = Block(batch, pa.array(range(1, 1 + batch.num_rows), pa.int64()))
    assert told_cells(block, FileKind.PARQUET) is not None
    found: list[set[Reason]] = [set() for _ in range(batch.num_rows)]
    for finding in RecordChecker(case.schema, kind=FileKind.PARQUET).check(block).row_findings:
        for row in finding.rows.tolist():
            found[row].add(finding.reason)
    reference = Reference(case.schema)
    records = instances(block, FileKind.PARQUET, CellTypes(case.schema), np.arange(batch.num_rows))
    assert found == [set(reference.reasons(record)) for record in records]


def test_nested_columns_are_judged_record_by_record() -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([[1], [1, 2], None]), pa.array(["x", "y", "z"])], ["list", "text"])
    block = Block(batch, pa.array([1, 2, 3], pa.int64()))
    schema = {"properties": {"list": {"maxItems": 1}, "text": {"const": "x"}}}
    checked = RecordChecker(schema, kind=FileKind.PARQUET).check(block)
    assert told_cells(block, FileKind.PARQUET) is None
    assert checked.failed.tolist() == [False, True, True]
