"""Verifies the audit trail of the running local world, or of an exported log.

`python -m local.verify_audit [--log FILE | --export FILE]`
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from time import monotonic

from local.drop.running_world import NoWorldError, services_of
from local.supervisor.service import REPOSITORY
from local.verify_audit.exported_log import LogUnreadableError, read_anchors, read_chains, write_log
from shared.bootstrap import Services
from shared.flows.verify_audit import CHAINED, anchor_texts, anchored, read_chain, shown, verify_all
from shared.pipeline.verify import Verdict, verify


def main() -> int:
    """0 when nothing is wrong, 1 when something is, 2 when there is nothing to verify."""
    arguments = _arguments()
    try:
        if arguments.export:
            return _export(services_of(arguments.world), arguments.export)
        start = monotonic()
        verdict = verify_log(arguments.log) if arguments.log else verify_all(services_of(arguments.world))
    except (NoWorldError, LogUnreadableError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    said = shown(verdict)
    print(json.dumps(said, indent=1))
    print(_conclusion(verdict, monotonic() - start))
    return 0 if said["sound"] else 1


def verify_log(path: Path) -> Verdict:
    """The verdict on an exported log. Raises LogUnreadableError."""
    marks, findings = anchored(read_anchors(path))
    verdict = verify(read_chains(path), marks)
    verdict.findings += findings
    return verdict


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="make verify-audit", description=__doc__)
    parser.add_argument("--world", type=Path, default=REPOSITORY / ".local" / "world", help="folder of the local world")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--log", type=Path, help="verify this exported log and not the world")
    which.add_argument("--export", type=Path, help="write the world's log to this file")
    return parser.parse_args()


def _export(services: Services, path: Path) -> int:
    names = ((table, partition) for table in CHAINED for partition in services.ledger.partitions(table))
    write_log(path, anchor_texts(services), (read_chain(services, name) for name in names))
    print(f"wrote {path}")
    return 0


def _conclusion(verdict: Verdict, seconds: float) -> str:
    uncovered = sum(verdict.unanchored.values())
    findings = f"{len(verdict.findings)} findings" if verdict.findings else "nothing is wrong"
    rate = verdict.events / seconds if seconds else 0.0
    return (
        f"{verdict.events} events in {verdict.chains} chains, {uncovered} of them not anchored yet: {findings} "
        f"({seconds:.1f} s, {rate:,.0f} events/s)"
    )


if __name__ == "__main__":
    sys.exit(main())
