"""An audit log as a file of JSON lines, so that it can be verified elsewhere, without the store.

First the anchors in order, `{"anchor": name, "text": text}`; then the chains, one a line:
`{"table", "partition", "heads": [[sequence, hash]], "rows": [[key, sequence, event, hash]]}`.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from shared.model.audit import ChainHead
from shared.pipeline.verify import Chain, ChainRow


class LogUnreadableError(Exception):
    """The file is no exported log; the text names the line."""


def write_log(path: Path, anchors: Iterable[tuple[str, str]], chains: Iterable[Chain]) -> None:
    """Writes a log over whatever was at `path`."""
    with path.open("w", encoding="ascii") as file:
        for name, text in anchors:
            file.write(json.dumps({"anchor": name, "text": text}) + "\n")
        for chain in chains:
            file.write(json.dumps(_said(chain), separators=(",", ":")) + "\n")


def read_anchors(path: Path) -> Iterator[tuple[str, str]]:
    """Names and texts of the anchors, in order. Raises LogUnreadableError."""
    return ((str(line["anchor"]), str(line["text"])) for _, line in _lines(path, '{"anchor"'))


def read_chains(path: Path) -> Iterator[Chain]:
    """The chains, one by one. Raises LogUnreadableError."""
    for number, line in _lines(path, '{"table"'):
        try:
            yield _chain(line)
        except (KeyError, TypeError, ValueError) as error:
            raise LogUnreadableError(f"line {number} is no chain") from error


def _lines(path: Path, beginning: str) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith(('{"anchor"', '{"table"')):
                raise LogUnreadableError(f"line {number} is neither an anchor nor a chain")
            if line.startswith(beginning):
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise LogUnreadableError(f"line {number} is not JSON") from error


def _said(chain: Chain) -> dict[str, object]:
    return {
        "table": chain.table,
        "partition": chain.partition,
        "heads": [[head.sequence, head.hash] for head in chain.heads],
        "rows": [[row.key, row.sequence, row.event, row.hash] for row in chain.rows],
    }


def _chain(line: dict[str, Any]) -> Chain:
    rows = tuple(
        ChainRow(int(sequence), str(event), str(hash_), str(key)) for key, sequence, event, hash_ in line["rows"]
    )
    heads = tuple(ChainHead(int(sequence), str(hash_)) for sequence, hash_ in line["heads"])
    return Chain(str(line["table"]), str(line["partition"]), rows, heads)
