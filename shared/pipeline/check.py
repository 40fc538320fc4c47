"""Blocks of records → what is wrong with each, by the source's JSON Schemas."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.model.file_format import FileKind
from shared.model.violation import Reason, Tier
from shared.pipeline.block import Block, Finding
from shared.pipeline.instances import instances
from shared.pipeline.schema.cells import CellTypes
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.reference import Reference, check_schema


@dataclass(frozen=True, slots=True)
class Checked:
    """A block and what was found: `failed` marks the records that may not land.

    `row_findings` name every reason of every failed record. `advisory_findings` are of the records that land, only.
    """

    block: Block
    failed: npt.NDArray[np.bool_]
    row_findings: tuple[Finding, ...]
    advisory_findings: tuple[Finding, ...]


class RecordChecker:
    """Checks blocks of one source. Building it compiles the schemas: build it once per source."""

    def __init__(
        self,
        record_schema: Json,
        advisory_schema: Json = None,
        kind: FileKind = FileKind.CSV,
        schemas: Mapping[str, Any] | None = None,
    ) -> None:
        """`schemas` are what `$ref` may reach, by URI. ValueError where a schema is wrong."""
        self._record = _Tier(Tier.ROW, record_schema, kind, schemas)
        self._advisory = None if advisory_schema is None else _Tier(Tier.ADVISORY, advisory_schema, kind, schemas)

    def check(self, block: Block) -> Checked:
        """The verdict on every record of the block that has cells. Never raises for what they hold."""
        row_findings = (*block.findings, *self._record.findings(block))
        failed = np.zeros(block.records.num_rows, bool)
        for finding in row_findings:
            failed[finding.rows] = True
        advisory = () if self._advisory is None else self._advisory.findings(block)
        landed = (Finding(each.reason, each.rows[~failed[each.rows]]) for each in advisory)
        return Checked(block, failed, row_findings, tuple(each for each in landed if len(each.rows)))


class _Tier:
    """One of the two schemas of a source."""

    def __init__(self, tier: Tier, schema: Json, kind: FileKind, schemas: Mapping[str, Any] | None) -> None:
        check_schema(schema)
        self._tier = tier
        self._kind = kind
        self._types = CellTypes(schema, schemas)
        self._reference = Reference(schema, schemas)

    def findings(self, block: Block) -> tuple[Finding, ...]:
        rows: dict[Reason, list[int]] = defaultdict(list)
        for position, instance in enumerate(instances(block, self._kind, self._types)):
            for reason in set(self._reference.reasons(instance, self._tier)):
                rows[reason].append(position)
        return tuple(Finding(reason, np.array(found, np.int64)) for reason, found in rows.items())
