"""Exact decimal sums of columns, for control totals that a source's owner declares."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from shared.pipeline.block import Block
from shared.pipeline.schema.numbers import number

PLAIN: Final = r"^-?(?:0|[1-9][0-9]{0,29})(\.[0-9]{1,20})?$"
PRECISE: Final = pa.decimal256(60, 20)
EXACT: Final = Context(prec=1_000, traps=[Inexact])


class ControlSums:
    """Adds up named columns over all records with cells, the quarantined ones too: a control total is of the file."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.totals: dict[str, Decimal] = dict.fromkeys(columns, Decimal(0))

    def add(self, block: Block) -> None:
        """Cells that are no number add nothing."""
        for name in self.totals.keys() & set(block.records.schema.names):
            self.totals[name] = EXACT.add(self.totals[name], _sum(block.records.column(name).cast(pa.string())))


def _sum(cells: pa.StringArray) -> Decimal:
    plain = pc.fill_null(pc.match_substring_regex(cells, PLAIN), fill_value=False)
    whole = pc.sum(cells.filter(plain).cast(PRECISE)).as_py() or Decimal(0)
    for cell in cells.filter(pc.invert(plain)).drop_null().to_pylist():
        value = number(cell)
        if value is not None:
            whole = EXACT.add(whole, Decimal(value))
    return whole.normalize(EXACT) + 0
