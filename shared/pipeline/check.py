"""Blocks of records → what is wrong with each, by the source's JSON Schemas."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

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
        schemas: Mapping[str, Json] | None = None,
    ) -> None:
        """`schemas` are what `$ref` may reach, by URI. ValueError where a schema is wrong."""
        advisory = () if advisory_schema is None else (advisory_schema,)
        for schema in (record_schema, *advisory):
            check_schema(schema)
        types = CellTypes(record_schema, *advisory, schemas=schemas)
        self._record = _Tier(Tier.ROW, record_schema, kind, types, schemas)
        self._advisory = [_Tier(Tier.ADVISORY, schema, kind, types, schemas) for schema in advisory]

    def check(self, block: Block) -> Checked:
        """The verdict on every record of the block that has cells. Never raises for what they hold."""
        row_findings = (*block.findings, *self._record.findings(block))
        failed = np.zeros(block.records.num_rows, bool)
        for finding in row_findings:
            failed[finding.rows] = True
        advisory = [each for tier in self._advisory for each in tier.findings(block)]
        landed = (Finding(each.reason, each.rows[~failed[each.rows]]) for each in advisory)
        return Checked(block, failed, row_findings, tuple(each for each in landed if len(each.rows)))


class _Tier:
    """One of the two schemas of a source."""

    def __init__(
        self, tier: Tier, schema: Json, kind: FileKind, types: CellTypes, schemas: Mapping[str, Json] | None
    ) -> None:
        self._tier = tier
        self._kind = kind
        self._types = types
        self._reference = Reference(schema, schemas)

    def findings(self, block: Block) -> tuple[Finding, ...]:
        rows: dict[Reason, list[int]] = defaultdict(list)
        for position, instance in enumerate(instances(block, self._kind, self._types)):
            for reason in set(self._reference.reasons(instance, self._tier)):
                rows[reason].append(position)
        return tuple(Finding(reason, np.array(found, np.int64)) for reason, found in rows.items())
