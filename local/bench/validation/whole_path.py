"""Whole paths: a file in, bronze and quarantine (or a Parquet file) out.

`python -m local.bench.validation.whole_path FILE TIMES` runs ours over a file whose body comes TIMES times and prints
the peak of the process's resident memory in MB.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from local.bench.validation.claims import COLUMNS, SCHEMA
from local.bench.validation.row_peers import CountBad, jsonschema_rs_peer
from shared.model.file_format import MIB, FileFormat, FileKind
from shared.model.violation import Violation
from shared.pipeline.check import RecordChecker
from shared.pipeline.check_file import FileReport, check_file
from shared.pipeline.parquet_sink import COMPRESSION
from shared.pipeline.read import read
from shared.pipeline.schema.cells import CellTypes, record_instances

CHUNK: Final = 4 * MIB
CSV: Final = FileFormat(columns=COLUMNS)
JSON_LINES: Final = FileFormat(FileKind.JSON_LINES, columns=COLUMNS)


class Discarded:
    """A sink that only counts."""

    def __init__(self) -> None:
        self.length = 0

    def write(self, data: bytes) -> None:
        self.length += len(data)


def chunks(path: Path, times: int = 1) -> Iterator[bytes]:
    """The file as a store would serve it; its body, all but the first line, comes so many times."""
    with path.open("rb") as file:
        yield file.readline()
        start = file.tell()
        for _ in range(times):
            file.seek(start)
            while chunk := file.read(CHUNK):
                yield chunk


def ours(path: Path, checker: RecordChecker, times: int = 1) -> FileReport:
    return check_file(chunks(path, times), CSV, checker, Discarded(), Discarded())


@cache
def _checker() -> RecordChecker:
    return RecordChecker(SCHEMA)


def one_file(path: Path) -> None:
    """What a worker process does, time after time."""
    ours(path, _checker())


def unvalidated(path: Path) -> int:
    """CSV to Parquet with the library underneath ours, with its own defaults and our compression."""
    types = arrow_csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()))
    options = arrow_csv.ReadOptions(use_threads=False, block_size=8 * MIB)
    sink, rows = pa.BufferOutputStream(), 0
    batches = arrow_csv.open_csv(path, read_options=options, convert_options=types)
    with batches, pq.ParquetWriter(sink, batches.schema, compression=COMPRESSION) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def by_rows(path: Path, count_bad: CountBad, limit: int) -> int:
    """`csv`, a validator of single records, Parquet for the good ones and JSON for the others."""
    types = CellTypes(SCHEMA)
    with path.open(newline="") as file:
        rows = [tuple(row) for row in islice(csv.reader(file), 1, limit + 1)]
    records = [_floats(record) for record in record_instances(COLUMNS, rows, types)]
    bad = [bool(count_bad([record])) for record in records]
    good = [row for row, is_bad in zip(rows, bad, strict=True) if not is_bad]
    table = pa.table(dict(zip(COLUMNS, map(list, zip(*good, strict=True)), strict=True)))
    pq.write_table(table, pa.BufferOutputStream(), compression=COMPRESSION)
    json.dumps([row for row, is_bad in zip(rows, bad, strict=True) if is_bad])
    return sum(bad)


def _floats(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else float(value) for name, value in record.items()}


def ready_records(path: Path, limit: int) -> list[dict[str, Any]]:
    """The first records as dicts, numbers as floats: what validators of single records are given."""
    with path.open(newline="") as file:
        rows = [tuple(row) for row in islice(csv.reader(file), 1, limit + 1)]
    return [_floats(record) for record in record_instances(COLUMNS, rows, CellTypes(SCHEMA))]


def our_json_lines(path: Path, checker: RecordChecker) -> int:
    blocks = (block for block in read(chunks(path), JSON_LINES) if not isinstance(block, Violation))
    return sum(int(checker.check(block).failed.sum()) for block in blocks)


def orjson_jsonschema_rs() -> Callable[[Path], int]:
    count_bad = jsonschema_rs_peer()

    def count(path: Path) -> int:
        with path.open("rb") as lines:
            return sum(count_bad([orjson.loads(line)]) for line in lines)

    return count


def _peak() -> float:
    """Of this process alone: what `getrusage` says starts from the peak of the process that began this one."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    ours(Path(sys.argv[1]), _checker(), int(sys.argv[2]))
    print(round(_peak()))
