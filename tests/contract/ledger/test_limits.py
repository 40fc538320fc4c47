"""What no Ledger takes, because Azure would not: on the fake, and on Table Storage's adapter against Azurite."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.errors import PermanentError
from shared.model.commit import HEAD, LEDGER, Commit, Row
from shared.ports import Ledger


def row(partition: str, key: str, **values: str | int) -> Row:
    return Row(LEDGER, partition, key, values)


def group(partition: str, *rows: Row) -> Commit:
    return Commit(row(partition, HEAD, number=1), None, "group", inserted=rows)


@pytest.mark.parametrize(
    ("code", "commit"),
    [
        ("group_too_large", lambda p: group(p, *(row(p, f"{n:03d}", n=n) for n in range(100)))),
        ("group_too_large", lambda p: group(p, *(row(p, f"{n}", **wide_values()) for n in range(8)))),
        ("group_refused", lambda p: group(p, row(p, "a", n=1), row(p, "a", n=2))),
        ("group_refused", lambda p: replace(group(p, row(p, "a", n=1)), deleted=("a",))),
        ("row_refused", lambda p: group(p, row(p, "a", text="x" * (32 * 1024 + 1)))),
        ("row_refused", lambda p: group(p, row(p, "a", text="\U0001f600" * (16 * 1024 + 1)))),
        ("row_refused", lambda p: group(p, row(p, "a", number=2**63))),
        ("row_refused", lambda p: group(p, row(p, "a", **{"no-name": 1}))),
        ("row_refused", lambda p: group(p, row(p, "a", RowKey="b"))),
        ("row_refused", lambda p: group(p, row(p, "a", commit_id="mine"))),
        ("row_refused", lambda p: group(p, row(p, "a", **{f"p{n}": n for n in range(252)}))),
        ("row_refused", lambda p: group(p, Row(LEDGER, p, "a", {"at": datetime(1600, 1, 1, tzinfo=UTC)}))),
        ("row_refused", lambda p: group(p, Row(LEDGER, p, "a", {"at": datetime(2026, 1, 1)}))),  # noqa: DTZ001
        ("row_too_large", lambda p: group(p, row(p, "a", **{f"p{n}": "x" * 32_000 for n in range(17)}))),
        ("key_too_long", lambda p: group(p, row(p, "k" * 513, n=1))),
    ],
)
def test_a_commit_that_azure_would_refuse_is_refused_whole(
    ledger: Ledger, partition: str, code: str, commit: Callable[[str], Commit]
) -> None:
    with pytest.raises(PermanentError) as refused:
        ledger.commit(commit(partition))
    assert refused.value.code == code
    assert list(ledger.scan(LEDGER, partition)) == []


def wide_values() -> dict[str, str | int]:
    """Most of a megabyte, which alone is a row that Azure takes."""
    return {"more": "é" * 16_000, **{f"p{number}": "x" * 31_000 for number in range(16)}}


def test_a_row_and_a_group_at_their_limits_are_taken(ledger: Ledger, partition: str) -> None:
    at_limit = row(partition, "k" * 512, text="x" * (32 * 1024), number=2**63 - 1, **{f"p{n}": n for n in range(249)})
    ledger.commit(group(partition, at_limit, *(row(partition, f"{n:03d}", n=n) for n in range(98))))
    stored = ledger.get(LEDGER, partition, "k" * 512)
    assert stored is not None
    assert stored.values["number"] == 2**63 - 1
