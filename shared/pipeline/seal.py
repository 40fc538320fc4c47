"""Makes one commit of a step: the head, its audit events linked into the chain, and what else the step wrote."""

from collections.abc import Mapping

from shared.model.audit import AuditEvent, ChainHead, Link, extend, genesis
from shared.model.commit import HEAD, Commit, Row, StoredRow, Value


def chain_of(head: StoredRow | None, table: str, partition: str) -> ChainHead:
    """How far a partition's audit chain has come."""
    if head is None:
        return genesis(table, partition)
    return ChainHead(int(str(head.values["chain_sequence"])), str(head.values["chain_hash"]))


def seal(
    head: Row,
    expected: str | None,
    chain: ChainHead,
    events: tuple[AuditEvent, ...],
    commit_id: str,
    inserted: tuple[Row, ...] = (),
    written: tuple[Row, ...] = (),
    deleted: tuple[str, ...] = (),
) -> Commit:
    """`head` says everything but the chain; its events follow on `chain`. ValueError for a step without an event."""
    if not events:
        raise ValueError("a step without an audit event can't be committed")
    chain, links = extend(chain, events)
    values = {**head.values, "chain_sequence": chain.sequence, "chain_hash": chain.hash}
    audited = tuple(_audit_row(head, link) for link in links)
    return Commit(
        head=Row(head.table, head.partition, HEAD, values),
        expected=expected,
        commit_id=commit_id,
        inserted=(*audited, *inserted),
        written=written,
        deleted=deleted,
    )


def _audit_row(head: Row, link: Link) -> Row:
    values: Mapping[str, Value] = {"sequence": link.sequence, "event": link.event, "hash": link.hash}
    return Row(head.table, head.partition, f"audit-{link.sequence:08d}", values)
