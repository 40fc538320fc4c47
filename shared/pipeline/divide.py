"""A checked block → what lands in bronze and what goes to quarantine, nothing between."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shared.model.violation import Reason, Tier
from shared.pipeline.block import RECORD_COLUMN, Block, Finding, Unsplit
from shared.pipeline.check import Checked
from shared.pipeline.formats.json_text import text_of
from shared.pipeline.instances import stored_value

ROW_NUMBER: Final = "_row_number"
REASONS: Final = "_reasons"
RAW: Final = "_raw"

REASON_TYPE: Final = pa.struct([(name, pa.string()) for name in ("tier", "rule", "field", "schema_pointer")])


@dataclass(frozen=True, slots=True)
class Counts:
    """Records: `records_in` = `bronze` + `quarantined`; `advisory` of the bronze ones have an advisory violation."""

    records_in: int = 0
    bronze: int = 0
    quarantined: int = 0
    advisory: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.records_in + other.records_in,
            self.bronze + other.bronze,
            self.quarantined + other.quarantined,
            self.advisory + other.advisory,
        )


@dataclass(frozen=True, slots=True)
class Divided:
    """`bronze`: `_row_number` and the record's columns as read. `quarantine`: `_row_number`, `_reasons`, `_raw` and the
    columns as text. Both in the order of the file; together every record of the block, once.
    """

    bronze: pa.RecordBatch
    quarantine: pa.RecordBatch
    counts: Counts


def divide(checked: Checked) -> Divided:
    block = checked.block
    bronze = _bronze(block, ~checked.failed)
    quarantine = _quarantine(checked)
    advised = np.unique(np.concatenate([np.empty(0, np.int64), *(each.rows for each in checked.advisory_findings)]))
    return Divided(bronze, quarantine, Counts(block.count, bronze.num_rows, quarantine.num_rows, len(advised)))


def _numbered(block: Block) -> pa.RecordBatch:
    return block.records.add_column(0, pa.field(ROW_NUMBER, pa.int64(), nullable=False), block.row_numbers)


def _bronze(block: Block, landed: np.ndarray) -> pa.RecordBatch:
    numbered = _numbered(block)
    return numbered if landed.all() else numbered.filter(pa.array(landed))


def _quarantine(checked: Checked) -> pa.RecordBatch:
    """Failed rows with their cells and unsplit ones with their text, in the order of the file."""
    block = checked.block
    positions = np.flatnonzero(checked.failed)
    cells = block.records.take(pa.array(positions))
    split = pa.RecordBatch.from_arrays(
        [
            block.row_numbers.take(pa.array(positions)),
            reason_lists(checked.row_findings, len(checked.failed), positions),
            _raw(cells),
            *(_as_text(column) for column in cells.columns),
        ],
        [ROW_NUMBER, REASONS, RAW, *block.records.schema.names],
    )
    if not block.unsplit:
        return split
    together = pa.concat_batches([split, _unsplit(block.unsplit, split.schema)])
    return together.take(pc.sort_indices(together.column(ROW_NUMBER)))


def reason_lists(findings: tuple[Finding, ...], count: int, positions: np.ndarray) -> pa.ListArray:
    """For each of the positions, ascending, among `count` rows: its reasons, in the order of the findings."""
    rows = np.concatenate([np.empty(0, np.int64), *(each.rows for each in findings)])
    kinds = np.repeat(np.arange(len(findings)), [len(each.rows) for each in findings])
    by_row = np.argsort(rows, kind="stable")
    ends = np.cumsum(np.bincount(rows, minlength=count)[positions])
    offsets = pa.array(np.concatenate([[0], ends]), pa.int32())
    return pa.ListArray.from_arrays(offsets, _reasons([each.reason for each in findings]).take(pa.array(kinds[by_row])))


def _reasons(reasons: list[Reason]) -> pa.StructArray:
    rows = [(str(each.tier), each.rule, each.field, each.schema_pointer) for each in reasons]
    columns = [pa.array([row[at] for row in rows], pa.string()) for at in range(4)]
    return pa.StructArray.from_arrays(columns, fields=list(REASON_TYPE))


def _raw(cells: pa.RecordBatch) -> pa.StringArray:
    """The text that a record came as, where cells alone do not tell it: JSON has it, CSV needs it only when unsplit."""
    if RECORD_COLUMN in cells.schema.names:
        return cells.column(RECORD_COLUMN)
    return pa.nulls(cells.num_rows, pa.string())


def _as_text(column: pa.Array) -> pa.StringArray:
    if pa.types.is_string(column.type):
        return column
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        values = (stored_value(value) for value in column.to_pylist())
        return pa.array([None if value is None else text_of(value) for value in values], pa.string())
    return column.cast(pa.string())


def _unsplit(rows: tuple[Unsplit, ...], schema: pa.Schema) -> pa.RecordBatch:
    reasons = [[_reason(row.rule)] for row in rows]
    known = {
        ROW_NUMBER: pa.array([row.row_number for row in rows], pa.int64()),
        REASONS: pa.array(reasons, pa.list_(REASON_TYPE)),
        RAW: pa.array([row.text for row in rows], pa.string()),
    }
    columns = [known.get(field.name, pa.nulls(len(rows), field.type)) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _reason(rule: str) -> dict[str, str]:
    return {"tier": str(Tier.ROW), "rule": rule, "field": "", "schema_pointer": ""}
