"""An exported log says the same as the ledger it came from."""

from dataclasses import replace
from pathlib import Path

import pytest

from local.verify_audit.__main__ import verify_log
from local.verify_audit.exported_log import LogUnreadableError, read_chains, write_log
from shared.model.audit import ChainHead, genesis, link
from shared.pipeline.verify import Chain, ChainRow, audit_key


def chain_of(partition: str) -> Chain:
    made = link(genesis("ledger", partition), '{"text":"naïve"}')
    row = ChainRow(made.sequence, made.event, made.hash, audit_key(1))
    return Chain("ledger", partition, (row,), (ChainHead(1, made.hash),))


CHAINS = [chain_of(letter * 64) for letter in "abc"]


def test_a_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_log(tmp_path / "log", [], CHAINS)
    assert list(read_chains(tmp_path / "log")) == CHAINS
    verdict = verify_log(tmp_path / "log")
    assert (verdict.findings, len(verdict.unanchored)) == ([], 3)


def test_a_changed_log_and_a_wrong_anchor_are_found(tmp_path: Path) -> None:
    [row] = CHAINS[0].rows
    changed = replace(CHAINS[0], rows=(replace(row, event="{}"),))
    write_log(tmp_path / "log", [("2026/01/31/120000-00000001.json", "{}")], [changed, *CHAINS[1:]])
    assert {one.code for one in verify_log(tmp_path / "log").findings} == {"broken_link", "anchor_unreadable"}


@pytest.mark.parametrize("text", ["{}", '{"table"', '{"table":"ledger"}', '{"table":1,"rows":[[1]],"heads":[]}'])
def test_what_is_no_log_is_refused_and_the_line_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "log").write_text(text)
    with pytest.raises(LogUnreadableError, match="line 1 "):
        verify_log(tmp_path / "log")
