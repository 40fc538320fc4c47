"""Two engines, one question: schemas and rows drawn together, the columnar plan against the reference.

`python -m local.bench.validation.differential ROWS [SEED]` compares at least so many rows and prints what differs.
"""

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from local.bench.validation import drawn_cells, drawn_schemas
from shared.model.file_format import FileFormat, FileKind
from shared.pipeline.block import Block
from shared.pipeline.check import RecordChecker
from shared.pipeline.formats.json_text import encode, parse
from shared.pipeline.read import read
from shared.pipeline.schema.cells import CellTypes, record_instances
from shared.pipeline.schema.record_plan import RecordPlan, plan_for
from shared.pipeline.schema.reference import Reference, check_schema

ROWS: Final = 60

type Verdict = frozenset[tuple[str, str, str]]
"""Keyword, pointer into the record, pointer into the schema, of everything wrong with one row."""


@dataclass(frozen=True, slots=True)
class Case:
    """A schema of a record and rows of cells for its columns."""

    schema: Any
    names: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    seed: int
    row: tuple[str, ...]
    schema: Any
    expected: Verdict
    found: Verdict


def draw(seed: int, rows: int = ROWS) -> Case:
    """The same case for the same seed."""
    chance = random.Random(seed)
    schema, names = drawn_schemas.record_schema(chance)
    return Case(schema, names, drawn_cells.rows(chance, schema, names, rows))


def expected(case: Case, types: CellTypes) -> list[Verdict]:
    reference = Reference(case.schema)
    instances = record_instances(case.names, case.rows, types)
    return [
        frozenset((each.rule, each.field, each.schema_pointer) for each in reference.reasons(instance))
        for instance in instances
    ]


def found(plan: RecordPlan, case: Case, form: Callable[[pa.Array], pa.Array]) -> list[Verdict]:
    cells = zip(*case.rows, strict=True)
    columns = {name: form(pa.array(each, pa.string())) for name, each in zip(case.names, cells, strict=True)}
    verdicts: list[set[tuple[str, str, str]]] = [set() for _ in case.rows]
    for failure in plan.failures(columns, len(case.rows)):
        place = failure.place
        for row in failure.rows.nonzero()[0].tolist():
            verdicts[row].add((place.rule, place.field, place.pointer))
    return [frozenset(verdict) for verdict in verdicts]


def _sliced(column: pa.Array) -> pa.Array:
    """The same cells, somewhere inside a larger array."""
    return pa.concat_arrays([pa.array(["é\x00", "12"]), column, pa.array(["x"])]).slice(2, len(column))


FORMS: Final[tuple[Callable[[pa.Array], pa.Array], ...]] = (lambda column: column, pa.Array.dictionary_encode, _sliced)


@lru_cache(maxsize=1_000)
def judged(seed: int) -> tuple[Case, CellTypes, list[Verdict]]:
    """The case of a seed with the reference's verdict on its rows."""
    case = draw(seed)
    check_schema(case.schema)
    types = CellTypes(case.schema)
    return case, types, expected(case, types)


def json_values(case: Case, types: CellTypes, chance: random.Random) -> list[Any]:
    """The instances of a case, now and then with a cell of another kind."""
    values = list(record_instances(case.names, case.rows, types))
    for value in values:
        for name in value:
            if chance.random() < 0.1:
                value[name] = chance.choice([None, True, False, "", "7", 7, [], {"a": 1}])
    return values


def json_differences(seed: int) -> Iterator[Difference]:
    """The same question for JSON lines, through reading and checking."""
    case, types, _ = judged(seed)
    chance = random.Random(seed)
    values = json_values(case, types, chance)
    gap = chance.choice(["", " "])
    lines = "\n".join(encode(value).replace('":', f'":{gap}') if gap else encode(value) for value in values)
    named = FileFormat(FileKind.JSON_LINES, columns=case.names)
    checker, reference = RecordChecker(case.schema, kind=named.kind), Reference(case.schema)
    (block,) = read([f"{lines}\n".encode()], named)
    if not isinstance(block, Block):
        raise TypeError(block)
    verdicts: list[set[tuple[str, str, str]]] = [set() for _ in values]
    for finding in checker.check(block).row_findings:
        for row in finding.rows.tolist():
            verdicts[row].add((finding.reason.rule, finding.reason.field, finding.reason.schema_pointer))
    for line, value, verdict in zip(lines.split("\n"), map(parse, lines.split("\n")), verdicts, strict=True):
        wanted = frozenset((each.rule, each.field, each.schema_pointer) for each in reference.reasons(value))
        if wanted != verdict:
            yield Difference(seed, (line,), case.schema, wanted, frozenset(verdict))


def differences(seeds: Iterable[int]) -> Iterator[Difference | int]:
    """For each seed how many rows were compared, and every row of which the engines say different things."""
    for seed in seeds:
        case, types, wanted = judged(seed)
        plan = plan_for(case.schema, case.names, types)
        if plan is None:
            yield 0
            continue
        for form in FORMS:
            pairs = zip(case.rows, wanted, found(plan, case, form), strict=True)
            yield from (Difference(seed, row, case.schema, w, f) for row, w, f in pairs if w != f)
        yield len(case.rows)


def main(rows: int, first: int) -> int:
    compared = different = 0
    seed = first
    while compared < rows:
        for each in (*differences([seed]), *json_differences(seed)):
            if isinstance(each, int):
                compared += each
            else:
                different += 1
                print(each)
        seed += 1
    print(f'{{"rows": {compared}, "schemas": {seed - first}, "differences": {different}}}')
    return different


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
