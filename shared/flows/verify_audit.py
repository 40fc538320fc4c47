"""verify_audit: recomputes audit chains of the ledger and compares them with the anchors."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from shared import telemetry
from shared.errors import RequestRefusedError
from shared.flows.report_periods import hospitals
from shared.model.anchor import ANCHORS
from shared.model.audit import ChainHead
from shared.model.commit import DATABRICKS_RUNS, HEAD, LEDGER, LISTING, PERIODS, StoredRow
from shared.pipeline.listing import day_partition
from shared.pipeline.verify import (
    Chain,
    ChainRow,
    Finding,
    Marks,
    Name,
    Verdict,
    add_chain,
    marks_by_chain,
    verify,
    verify_chain,
)
from shared.pipeline.verify_anchors import verify_anchors
from shared.ports import Ports

CHAINED = (LEDGER, DATABRICKS_RUNS, PERIODS)
KNOWN = frozenset({"day", "file_version_id"})
HEX64 = re.compile(r"[0-9a-f]{64}")
MOST_CHAINS = 2_000
MOST_SHOWN = 100
TRIES = 3


def verify_all(ports: Ports) -> Verdict:
    """Every chain and every anchor. A full scan: minutes where there are many."""
    marks, findings = anchored(anchor_texts(ports))
    names = ((table, partition) for table in CHAINED for partition in ports.ledger.partitions(table))
    verdict = verify((_settled(ports, name, marks.get(name, {})) for name in names), marks)
    verdict.findings += findings
    return verdict


def report_audit(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """The answer to `?day=` (of arrival; today, if none is named) or `?file_version_id=`; else RequestRefusedError."""
    unknown = sorted(query.keys() - KNOWN - {"code"})
    if unknown:
        raise RequestRefusedError("unknown_filter", f"known filters are {', '.join(sorted(KNOWN))}")
    day = _day(query.get("day", "")) or ports.clock.now().date()
    verdict = verify_some(ports, _names(ports, query.get("file_version_id", ""), day))
    return shown(verdict)


def verify_some(ports: Ports, names: Iterable[Name]) -> Verdict:
    """These chains, and every anchor."""
    marks, findings = anchored(anchor_texts(ports))
    verdict = Verdict(findings=findings)
    for name in names:
        if verdict.chains == MOST_CHAINS:
            raise RequestRefusedError("too_many_chains", "verify the whole log by `make verify-audit`", 422)
        of_chain = marks.get(name, {})
        add_chain(verdict, _settled(ports, name, of_chain), of_chain)
    for finding in verdict.findings[:MOST_SHOWN]:
        telemetry.alert("audit_not_sound", table=finding.table, sequence=finding.sequence, finding=finding.code)
    return verdict


def standing_chains(ports: Ports) -> Iterator[Name]:
    """The chains that are not of a file: of Databricks jobs, and of the periods of hospitals that ever signed one."""
    yield from ((DATABRICKS_RUNS, databricks_job) for databricks_job in ports.settings.databricks_jobs)
    yield from ((PERIODS, name) for name in hospitals(ports.metadata) if ports.ledger.get(PERIODS, name, HEAD))


def shown(verdict: Verdict) -> dict[str, object]:
    """The verdict as it is answered: ids, codes and counts; at most 100 of each kind are named."""
    unanchored = [
        {"table": table, "partition": partition, "events": events}
        for (table, partition), events in sorted(verdict.unanchored.items())
    ]
    findings = [
        {"finding": one.code, "table": one.table, "partition": one.partition, "sequence": one.sequence}
        for one in verdict.findings
    ]
    return {
        "sound": not findings,
        "chains": verdict.chains,
        "events": verdict.events,
        "unanchored_events": sum(verdict.unanchored.values()),
        "unanchored": unanchored[:MOST_SHOWN],
        "finding_count": len(findings),
        "findings": findings[:MOST_SHOWN],
    }


def anchored(stored: Iterable[tuple[str, str]]) -> tuple[Marks, list[Finding]]:
    """What anchors say, and what is wrong with them. Read them before the chains: those only grow meanwhile."""
    said = verify_anchors(stored)
    marks, contradictions = marks_by_chain(mark for anchor in said.anchors for mark in anchor.marks)
    return marks, [*said.findings, *contradictions]


def anchor_texts(ports: Ports) -> Iterator[tuple[str, str]]:
    """Names and texts of all anchors, in order."""
    for blob in ports.files.list(ANCHORS):
        yield blob.name, b"".join(ports.files.read(ANCHORS, blob.name)).decode(errors="replace")


def read_chain(ports: Ports, name: Name) -> Chain:
    """A chain as the ledger holds it now."""
    rows = tuple(_chain_row(row) for row in ports.ledger.scan(*name, "audit-", "audit-~"))
    head = ports.ledger.get(*name, HEAD)
    return Chain(*name, rows, (_head(head),) if head else ())


def _settled(ports: Ports, name: Name, marks: Mapping[int, str]) -> Chain:
    """A chain, read again where it does not hold: a commit may have come between its rows and its head."""
    chain = read_chain(ports, name)
    for _ in range(TRIES - 1):
        if not any(verify_chain(chain, marks)):
            break
        chain = read_chain(ports, name)
    return chain


def _chain_row(row: StoredRow) -> ChainRow:
    """Columns that are not there or of another kind read as what no chain has."""
    values = row.values
    return ChainRow(_number(values.get("sequence")), str(values.get("event")), str(values.get("hash")), row.key)


def _head(row: StoredRow) -> ChainHead:
    return ChainHead(_number(row.values.get("chain_sequence")), str(row.values.get("chain_hash")))


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RequestRefusedError("bad_day", "a day as yyyy-mm-dd") from None


def _names(ports: Ports, file_version_id: str, day: date) -> Iterator[Name]:
    """The file version's chain; else the standing ones and those of all that arrived on the day."""
    if file_version_id:
        if not HEX64.fullmatch(file_version_id):
            raise RequestRefusedError("bad_file_version_id", "64 lower-case hex digits")
        yield LEDGER, file_version_id
        return
    yield from standing_chains(ports)
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=12)
    for row in ports.ledger.scan(LISTING, day_partition(noon)):
        yield LEDGER, str(row.values["file_version_id"])
