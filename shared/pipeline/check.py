"""Blocks of records → what is wrong with each, by the source's JSON Schemas."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shared.model.file_format import FileKind
from shared.model.violation import Reason, Tier
from shared.pipeline.block import RECORD_COLUMN, Block, Finding, Rows
from shared.pipeline.code_membership import CodeMembership
from shared.pipeline.instances import instances
from shared.pipeline.schema.cells import CellTypes
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.record_plan import RecordPlan, plan_for
from shared.pipeline.schema.reference import Reference, check_schema
from shared.pipeline.told_cells import ToldCells, told_cells


@dataclass(frozen=True, slots=True)
class Checked:
    """A block and what was found: `failed` marks the records that may not land.

    `row_findings` name every reason of every failed record. `advisory_findings` are of the records that land, only.
    """

    block: Block
    failed: npt.NDArray[np.bool_]
    row_findings: tuple[Finding, ...]
    advisory_findings: tuple[Finding, ...]

    def after(self, count: int) -> "Checked":
        """The same, numbered as the block that follows so many records."""
        return replace(self, block=self.block.after(count))

    @property
    def count(self) -> int:
        return self.block.count


class RecordChecker:
    """Checks blocks of one source. Building it compiles the schemas: build it once per source."""

    def __init__(
        self,
        record_schema: Json,
        advisory_schema: Json = None,
        kind: FileKind = FileKind.CSV,
        schemas: Mapping[str, Json] | None = None,
        memberships: Sequence[CodeMembership] = (),
    ) -> None:
        """`schemas` are what `$ref` may reach, by URI; `memberships` are asked beside the advisory schema.

        ValueError where a schema is wrong.
        """
        self._memberships = tuple(memberships)
        advisory = () if advisory_schema is None else (advisory_schema,)
        for schema in (record_schema, *advisory):
            check_schema(schema)
        types = CellTypes(record_schema, *advisory, schemas=schemas)
        self._record = _Tier(Tier.ROW, record_schema, kind, types, schemas)
        self._advisory = [_Tier(Tier.ADVISORY, schema, kind, types, schemas) for schema in advisory]

    def asking(self, memberships: Sequence[CodeMembership]) -> "RecordChecker":
        """The same checks, and these in place of other memberships. What is compiled is shared."""
        other = copy(self)
        other._memberships = tuple(memberships)
        return other

    def check(self, block: Block) -> Checked:
        """The verdict on every record of the block that has cells. Never raises for what they hold."""
        cells = told_cells(block, self._record.kind)
        row_findings = (*block.findings, *self._record.findings(block, cells))
        failed = np.zeros(block.records.num_rows, bool)
        for finding in row_findings:
            failed[finding.rows] = True
        advisory = [each for tier in self._advisory for each in tier.findings(block, cells)]
        advisory += [each for membership in self._memberships for each in membership.findings(block.records)]
        landed = (Finding(each.reason, each.rows[~failed[each.rows]]) for each in advisory)
        return Checked(block, failed, row_findings, tuple(each for each in landed if len(each.rows)))


class _Tier:
    """One of the two schemas of a source: a plan for columns of text, the reference for everything else."""

    def __init__(
        self, tier: Tier, schema: Json, kind: FileKind, types: CellTypes, schemas: Mapping[str, Json] | None
    ) -> None:
        self._tier = tier
        self._schema = schema
        self._schemas = schemas
        self.kind = kind
        self._types = types
        self._reference = Reference(schema, schemas)
        self._plans: dict[tuple[str, ...], RecordPlan | None] = {}

    def findings(self, block: Block, cells: ToldCells | None) -> tuple[Finding, ...]:
        names = tuple(name for name in block.records.schema.names if name != RECORD_COLUMN)
        plan = None if cells is None else self._plan(names)
        if plan is None or cells is None:
            return self._by_record(block, np.arange(block.records.num_rows))
        return (*self._by_column(plan, cells, block.records.num_rows), *self._by_record(block, cells.odd))

    def _plan(self, names: tuple[str, ...]) -> RecordPlan | None:
        if names not in self._plans:
            self._plans[names] = plan_for(self._schema, names, self._types, self._schemas)
        return self._plans[names]

    def _by_column(self, plan: RecordPlan, cells: ToldCells, count: int) -> Iterator[Finding]:
        """What fails in the rows that the columns tell: all but the odd ones."""
        for failure in plan.failures(cells.columns, count, cells.kinds):
            place, rows = failure.place, failure.rows
            rows[cells.odd] = False
            if rows.any():
                yield Finding(Reason(self._tier, place.rule, place.field, place.pointer), np.flatnonzero(rows))

    def _by_record(self, block: Block, positions: Rows) -> tuple[Finding, ...]:
        if not len(positions):
            return ()
        rows: dict[Reason, list[int]] = defaultdict(list)
        for position, instance in zip(
            positions.tolist(), instances(block, self.kind, self._types, positions), strict=True
        ):
            for reason in set(self._reference.reasons(instance, self._tier)):
                rows[reason].append(position)
        return tuple(Finding(reason, np.array(found, np.int64)) for reason, found in rows.items())
