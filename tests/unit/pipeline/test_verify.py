"""Nine ways to tamper with a log of 1,000 events, each at every position."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from shared.model.anchor import ChainMark
from shared.model.audit import ChainHead, genesis, link
from shared.model.commit import LEDGER
from shared.pipeline.verify import Chain, ChainRow, Marks, Verdict, audit_key, marks_by_chain, verify, verify_chain

CHAINS, LENGTH = 40, 25  # 1,000 events


def rows_of(partition: str, events: list[str], before: ChainHead | None = None) -> tuple[ChainRow, ...]:
    head, rows = before or genesis(LEDGER, partition), []
    for event in events:
        made = link(head, event)
        rows.append(ChainRow(made.sequence, made.event, made.hash, audit_key(made.sequence)))
        head = ChainHead(made.sequence, made.hash)
    return tuple(rows)


def chain_of(partition: str, rows: tuple[ChainRow, ...]) -> Chain:
    return Chain(LEDGER, partition, rows, (ChainHead(rows[-1].sequence, rows[-1].hash),) if rows else ())


def written(partition: str, length: int = LENGTH) -> Chain:
    return chain_of(partition, rows_of(partition, [f'{{"n":{number}}}' for number in range(length)]))


LOG = [written(f"{number:064x}") for number in range(CHAINS)]
MARKS: Marks = {chain.name: {LENGTH: chain.rows[-1].hash} for chain in LOG}
POSITIONS = [(chain, place) for chain in LOG for place in range(LENGTH)]


def rewritten(chain: Chain, place: int, rows: tuple[ChainRow, ...]) -> Chain:
    """The chain with `rows` from a place on, all hashes made anew: only an anchor tells."""
    before = chain.rows[place - 1] if place else genesis(*chain.name)
    events = [row.event for row in rows]
    made = rows_of(chain.partition, events, ChainHead(before.sequence, before.hash))
    return chain_of(chain.partition, (*chain.rows[:place], *made))


def edited(chain: Chain, place: int) -> Iterator[Chain]:
    row = replace(chain.rows[place], event='{"n":"other"}')
    after = chain.rows[place + 1 :]
    yield replace(chain, rows=(*chain.rows[:place], row, *after))
    yield rewritten(chain, place, (row, *after))


def deleted(chain: Chain, place: int) -> Iterator[Chain]:
    yield replace(chain, rows=(*chain.rows[:place], *chain.rows[place + 1 :]))
    yield rewritten(chain, place, chain.rows[place + 1 :])


def inserted(chain: Chain, place: int) -> Iterator[Chain]:
    row = replace(chain.rows[place], event='{"n":"more"}')
    yield replace(chain, rows=(*chain.rows[:place], row, *chain.rows[place:]))
    yield rewritten(chain, place, (row, *chain.rows[place:]))


def swapped(chain: Chain, place: int) -> Iterator[Chain]:
    """Two events exchanged: as rows, as events under their keys, and with all hashes made anew."""
    other = place + 1 if place + 1 < LENGTH else 0
    rows = list(chain.rows)
    rows[place], rows[other] = rows[other], rows[place]
    yield replace(chain, rows=tuple(rows))
    keyed = tuple(replace(row, key=audit_key(n), sequence=n) for n, row in enumerate(rows, 1))
    yield replace(chain, rows=keyed)
    yield rewritten(chain, min(place, other), tuple(rows[min(place, other) :]))


def truncated(chain: Chain, place: int) -> Iterator[Chain]:
    """The tail gone, with the head left alone and with the head put back to match."""
    yield replace(chain, rows=chain.rows[:place])
    yield chain_of(chain.partition, chain.rows[:place])


def replaced(chain: Chain, place: int) -> Iterator[Chain]:
    """Another whole chain in its place, sound in itself, of any length."""
    yield chain_of(chain.partition, rows_of(chain.partition, [f'{{"m":{n}}}' for n in range(place + 1)]))


def doubled(chain: Chain, place: int) -> Iterator[Chain]:
    """A sequence twice: the same row again, and the number under the next key."""
    row = chain.rows[place]
    yield replace(chain, rows=(*chain.rows[: place + 1], row, *chain.rows[place + 1 :]))
    renamed = replace(row, key=audit_key(row.sequence + 1))
    yield replace(chain, rows=(*chain.rows[: place + 1], renamed, *chain.rows[place + 2 :]))


def forked(chain: Chain, place: int) -> Iterator[Chain]:
    """Two continuations from one event: both in the log, or the head on the other one."""
    branch = rewritten(chain, place, (replace(chain.rows[place], event='{"n":"fork"}'),))
    yield replace(chain, rows=tuple(sorted((*chain.rows, branch.rows[-1]), key=lambda row: row.key)))
    yield replace(chain, heads=branch.heads)
    yield branch


def misnamed(chain: Chain, place: int) -> Iterator[Chain]:
    """The chain under another name, an event of another chain in it, and two heads under one name."""
    other = LOG[(int(chain.partition, 16) + 1) % CHAINS]
    yield replace(chain, partition=other.partition)
    yield replace(chain, rows=(*chain.rows[:place], other.rows[place], *chain.rows[place + 1 :]))
    yield replace(chain, heads=(*chain.heads, ChainHead(place, other.rows[place].hash)))


@pytest.mark.parametrize("tamper", [edited, deleted, inserted, swapped, truncated, replaced, doubled, forked, misnamed])
def test_tampering_is_found_at_every_position_however_it_is_done(
    tamper: Callable[[Chain, int], Iterator[Chain]],
) -> None:
    unseen = [
        (chain.partition, place)
        for chain, place in POSITIONS
        for changed in tamper(chain, place)
        if next(verify_chain(changed, MARKS[changed.name]), None) is None
    ]
    assert unseen == []


def test_a_log_as_it_was_written_is_sound() -> None:
    verdict = verify(LOG, MARKS)
    assert (verdict.findings, verdict.unanchored) == ([], {})
    assert (verdict.chains, verdict.events) == (CHAINS, CHAINS * LENGTH)


def test_what_no_anchor_covers_is_named_however_sound_it_is() -> None:
    verdict = verify(LOG, {LOG[0].name: {LENGTH - 2: LOG[0].rows[-3].hash}})
    assert verdict.findings == []
    assert verdict.unanchored[LOG[0].name] == 2
    assert sum(verdict.unanchored.values()) == CHAINS * LENGTH - (LENGTH - 2)


def test_a_chain_that_is_gone_is_missed() -> None:
    assert [(one.code, one.partition) for one in verify(LOG[1:], MARKS).findings] == [
        ("chain_missing", LOG[0].partition)
    ]


def test_two_chains_with_one_name_are_found() -> None:
    codes = {one.code for one in verify([*LOG, LOG[3]], MARKS).findings}
    assert codes == {"two_chains_with_one_name"}


def test_two_chains_with_one_name_are_found_before_any_anchor() -> None:
    codes = {one.code for one in verify([LOG[3], LOG[3]], {}).findings}
    assert codes == {"two_chains_with_one_name"}


def test_a_head_without_events_and_events_without_a_head_are_found() -> None:
    chain = LOG[0]
    assert [one.code for one in verify_chain(replace(chain, heads=()), {})] == ["head_missing"]
    assert [one.code for one in verify_chain(replace(chain, rows=()), {})] == ["head_differs"]


def test_anchors_that_contradict_each_other_are_found() -> None:
    marks = [ChainMark(LEDGER, "a", 1, "x"), ChainMark(LEDGER, "a", 1, "y"), ChainMark(LEDGER, "a", 1, "x")]
    assert [one.code for one in marks_by_chain(marks)[1]] == ["anchors_contradict"]


def test_the_verdict_of_a_chain_without_an_anchor_counts_all_of_it_as_unanchored() -> None:
    verdict: Verdict = verify(LOG[:1], {})
    assert verdict.unanchored == {LOG[0].name: LENGTH}
