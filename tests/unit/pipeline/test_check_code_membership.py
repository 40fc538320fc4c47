"""Codes against the edition that was in force."""

from datetime import date

import pyarrow as pa
import pytest

from shared.model.violation import Tier
from shared.pipeline.block import Block
from shared.pipeline.check import RecordChecker
from shared.pipeline.code_membership import CodeMembership, Edition

OLD = Edition(date(2023, 10, 1), pa.array(["A00.0", "B99"]))
NEW = Edition(date(2024, 10, 1), pa.array(["A00.0", "C50.A0"]))
MEMBERSHIP = CodeMembership("code", ("discharged", "served"), [NEW, OLD])


def block(*rows: tuple[str, str, str]) -> Block:
    columns = [pa.array(cells) for cells in zip(*rows, strict=True)]
    batch = pa.RecordBatch.from_arrays(columns, ["code", "discharged", "served"])
    return Block(batch, pa.array(range(1, len(rows) + 1)))


@pytest.mark.parametrize(
    ("row", "known"),
    [
        (("A00.0", "", "2024-01-01"), True),
        (("C50.A0", "", "2024-09-30"), False),
        (("C50.A0", "", "2024-10-01"), True),
        (("B99", "", "2025-01-01"), False),
        (("C50.A0", "2024-10-02", "2024-09-28"), True),
        (("B99", "2024-10-02", "2024-09-28"), False),
        (("B99", "2024-10-02T08:00:00Z", "2024-09-28"), False),
        (("nonsense", "", "2020-01-01"), True),
        (("nonsense", "", "10/01/2024"), True),
        (("", "", "2024-10-01"), True),
    ],
)
def test_the_edition_of_discharge_else_of_service_decides(row: tuple[str, str, str], known: bool) -> None:
    assert (MEMBERSHIP.findings(block(row).records) == ()) is known


def test_a_code_out_of_force_is_advisory_and_lands() -> None:
    checked = RecordChecker({}, memberships=[MEMBERSHIP]).check(
        block(("A00.0", "", "2024-01-01"), ("B99", "", "2024-12-01"))
    )
    assert not checked.failed.any()
    (finding,) = checked.advisory_findings
    assert (finding.reason.tier, finding.reason.rule, finding.reason.field) == (Tier.ADVISORY, "code_set", "/code")
    assert finding.rows.tolist() == [1]


def test_a_file_without_the_columns_is_not_judged() -> None:
    assert CodeMembership("other", ("served",), [OLD]).findings(block(("x", "", "2024-01-01")).records) == ()
    assert CodeMembership("code", ("served",), []).findings(block(("x", "", "2024-01-01")).records) == ()
