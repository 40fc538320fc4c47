"""`make bench-validation`: the columnar validator beside published ones, on generated claims.

ROWS (default 1,000,000), ROUNDS (5) and PEERS (names with commas; all that are installed) come from the environment.
Writes docs/validation-benchmark.md and .svg if the run is long enough to tell; the last line is JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from local.bench.validation import claims, whole_path
from local.bench.validation.frame_peers import FRAME_PEERS
from local.bench.validation.measure import Contender, Result, in_turns, ratio
from local.bench.validation.report import write_report
from local.bench.validation.row_peers import ROW_PEERS
from local.bench.validation.workers import HASHED, hash_zeros, speed_up
from shared.pipeline.block import Block
from shared.pipeline.check import RecordChecker
from shared.pipeline.read import read

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = ROOT / ".local" / "bench" / "validation"
DEFAULT_ROWS: Final = 1_000_000
REPORTED_FROM: Final = 200_000
SAMPLES: Final = {"jsonschema": 3_000, "jsonschema_rs": 30_000, "fastjsonschema": 20_000}
SAMPLE: Final = 50_000
JSON_SHARE: Final = 5
RATIOS: Final = ("jsonschema", "jsonschema_rs", "fastjsonschema", "pydantic", "polars", "duckdb")
"""The peers whose ratios the last line gives; the page has all of them."""

LOAD: Final = 4
"""Files that one worker or two go through."""


def main() -> None:
    rows = int(os.environ.get("ROWS", DEFAULT_ROWS))
    rounds = int(os.environ.get("ROUNDS", "5"))
    wanted = os.environ.get("PEERS", ",".join([*ROW_PEERS, *FRAME_PEERS])).split(",")
    peers = [name for name in wanted if find_spec(name)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    clean, all_bad, lines = (FOLDER / name for name in ("claims.csv", "all_bad.csv", "claims.jsonl"))
    _say(f"writing {rows:,} claims")
    bad = claims.write_csv(clean, rows)
    claims.write_csv(all_bad, rows, all_bad=True)
    claims.write_json_lines(lines, rows // JSON_SHARE)
    checker = RecordChecker(claims.SCHEMA)
    _say("validation alone")
    validate, agree = _validation_alone(clean, rows, bad, peers, checker, rounds)
    _say("whole path")
    path = in_turns(_whole_paths(clean, all_bad, rows, peers, checker), rounds)
    _say("JSON lines")
    json_lines = in_turns(_json_lines(lines, rows // JSON_SHARE, peers), rounds)
    agree = agree and len({result.answer for result in json_lines.values()}) == 1
    _say("memory and workers, in processes of their own")
    two_workers = speed_up(whole_path.one_file, [clean] * LOAD, min(rounds, 3))
    hashing = speed_up(hash_zeros, [HASHED] * LOAD, min(rounds, 3))
    figures = {
        **_figures(validate, path, json_lines),
        "two_workers": two_workers,
        "peak_rss_mb_small": _peak_rss(clean, 1),
        "peak_rss_mb_large": _peak_rss(clean, 10),
        "verdicts_agree": agree,
    }
    _say(f"two processes hash {hashing} times as fast as one: what two workers can reach at the moment")
    if rows >= REPORTED_FROM:
        write_report(
            ROOT / "docs",
            rows,
            rounds,
            {"validation alone": validate, "whole path": path, "JSON lines": json_lines},
            figures | {"two_workers_hashing": hashing},
        )
    print(json.dumps(figures))


def _say(what: str) -> None:
    print(f"  {what} …", file=sys.stderr, flush=True)


def _validation_alone(
    path: Path, rows: int, bad: int, peers: list[str], checker: RecordChecker, rounds: int
) -> tuple[dict[str, Result], bool]:
    """Row engines get ready dicts, frame engines and ours columns of plain text."""
    blocks = [_plain(block) for block in read(whole_path.chunks(path), whole_path.CSV) if isinstance(block, Block)]
    table = pa.Table.from_batches([block.records for block in blocks])
    contenders = {"ours": Contender(lambda: sum(int(checker.check(b).failed.sum()) for b in blocks), rows)}
    truth = {"ours": bad}
    for name in (peer for peer in peers if peer in FRAME_PEERS):
        contenders[name] = Contender(partial(FRAME_PEERS[name](), table), rows)
        truth[name] = bad
    for name in (peer for peer in peers if peer in ROW_PEERS):
        count = min(rows, SAMPLES.get(name, SAMPLE))
        contenders[name] = Contender(partial(ROW_PEERS[name](), whole_path.ready_records(path, count)), count)
        truth[name] = sum(broken for _, broken in _first(rows, count))
    results = in_turns(contenders, rounds)
    return results, all(results[name].answer == count for name, count in truth.items())


def _first(rows: int, count: int) -> list[tuple[list[str], bool]]:
    drawn = claims.records(rows)
    return [next(drawn) for _ in range(count)]


def _plain(block: Block) -> Block:
    columns = [column.cast(pa.string()) for column in block.records.columns]
    return Block(pa.RecordBatch.from_arrays(columns, block.records.schema.names), block.row_numbers)


def _whole_paths(
    clean: Path, all_bad: Path, rows: int, peers: list[str], checker: RecordChecker
) -> dict[str, Contender]:
    contenders = {
        "ours": Contender(lambda: whole_path.ours(clean, checker).quarantined, rows),
        "ours, all records bad": Contender(lambda: whole_path.ours(all_bad, checker).quarantined, rows),
        "unvalidated": Contender(lambda: whole_path.unvalidated(clean), rows),
    }
    for name in (peer for peer in ("jsonschema", "jsonschema_rs") if peer in peers):
        count, validator = min(rows, SAMPLES[name]), ROW_PEERS[name]()
        contenders[name] = Contender(partial(whole_path.by_rows, clean, validator, count), count)
    return contenders


def _json_lines(lines: Path, rows: int, peers: list[str]) -> dict[str, Contender]:
    checker = RecordChecker(claims.SCHEMA, kind=whole_path.JSON_LINES.kind)
    contenders = {"ours": Contender(lambda: whole_path.our_json_lines(lines, checker), rows)}
    if "jsonschema_rs" in peers:
        contenders["jsonschema_rs"] = Contender(partial(whole_path.orjson_jsonschema_rs(), lines), rows)
    return contenders


def _figures(
    validate: Mapping[str, Result], path: Mapping[str, Result], json_lines: Mapping[str, Result]
) -> dict[str, Any]:
    """Ratios of CPU time; what was not measured is left out."""
    stages = (("whole_path", path), ("validate", validate))
    ratios = {
        f"{stage}_{name}": ratio(results[name], results["ours"])
        for stage, results in stages
        for name in RATIOS
        if name in results
    }
    figures: dict[str, Any] = {
        "ratios": ratios,
        "whole_path_vs_unvalidated": ratio(path["ours"], path["unvalidated"]),
        "all_bad_vs_clean": ratio(path["ours, all records bad"], path["ours"]),
    }
    if "jsonschema_rs" in json_lines:
        figures["json_lines_vs_orjson_jsonschema_rs"] = ratio(json_lines["jsonschema_rs"], json_lines["ours"])
    return figures


def _peak_rss(path: Path, times: int) -> int:
    """MB that a process of its own needs at most for a file whose body comes so many times."""
    command = [sys.executable, "-m", "local.bench.validation.whole_path", str(path), str(times)]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
