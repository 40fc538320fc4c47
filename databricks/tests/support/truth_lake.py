"""A lake as the job would leave it, written straight from a truth world: what KPIs read, and nothing else.

Silver comes from the world's files, the account ledger from its truth: a test of KPIs stands on the code of neither.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow.parquet as pq
from pyspark.sql import DataFrame
from rcm_lakehouse.deliveries import DELIVERIES, DELIVERIES_SCHEMA
from rcm_lakehouse.gold.silver_tables import silver_schema
from rcm_lakehouse.kpis.relations.known import LEDGER_SCHEMA, LEDGER_TABLE
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Noun
from rcm_lakehouse.parallel import each

from local.world.reading import files_of, records
from local.world.sending.deliveries import LandingFile
from local.world.truth import TruthWorld

FILED = [
    "account",
    "charge",
    "remittance_claim",
    "remittance_adjustment",
    "claim_submission",
    "claim_acknowledgement",
    "claim_edit",
    "payer",
    "payer_contract",
    "gl_balance",
]
PUBLIC = ("encounter", "claim")

type Row = dict[str, Any]


def write_truth_lake(lake: Lake, metadata: Metadata, world: TruthWorld) -> None:
    """Silver's nouns that KPIs read, the deliveries, the account ledger; with all knowledge the world's waves bring."""
    each(lambda noun: write_noun(lake, metadata.nouns[noun], _told(world, metadata, noun)), (*FILED, *PUBLIC))
    write_deliveries(lake, _delivered(world))
    lines = pq.read_table(world.truth / "entries.parquet").to_pylist()
    write_lines(lake, (line for number, entry in enumerate(lines) for line in entry_lines(f"{number:09d}", entry)))


def write_noun(lake: Lake, noun: Noun, rows: Iterable[Row]) -> None:
    """`rows` have `source_id`, `known_from`, `known_until` (None: still) and the noun's columns."""
    schema = silver_schema(noun)
    names = [part.split()[0] for part in schema.split(", ")]
    lake.replace(
        f"silver.{noun.name}", _frame(lake, [tuple(_cell(row, name) for name in names) for row in rows], schema)
    )


def write_deliveries(lake: Lake, delivered: Iterable[tuple[str, str, int, str, datetime]]) -> None:
    """Rows are (source, file version, generation, outcome, known at)."""
    cells = [(s, f, g, o, None, None, k, k, k, None, 1, 1, 0, 0, "token") for s, f, g, o, k in delivered]
    lake.replace(DELIVERIES, _frame(lake, cells, DELIVERIES_SCHEMA))


def write_lines(lake: Lake, lines: Iterable[Row]) -> None:
    """Lines of the account ledger."""
    names = [part.split()[0] for part in LEDGER_SCHEMA.split(", ")]
    lake.replace(LEDGER_TABLE, _frame(lake, [tuple(line.get(name) for name in names) for line in lines], LEDGER_SCHEMA))


def entry_lines(entry_set_id: str, entry: Row) -> Iterator[Row]:
    """Both sides of an entry of the truth, and both once more, turned, on the day on which it was taken back."""
    of = {name: entry[name] for name in ("hospital", "kind", "is_reversal", "service_date", "posting_date")}
    of |= {"effective_date": entry["effective_date"], "account_id": f"{entry['hospital']}:{entry['account_id']}"}
    sides = [("1200", entry["ar_cents"])]
    if entry["counter_account"] != "1200":
        sides.append((entry["counter_account"], -(entry["ar_cents"] or entry["cash_cents"])))
    if not entry["ar_cents"]:
        sides[0] = ("1000", entry["cash_cents"])
    for account, cents in sides:
        line = of | {"line_id": f"{entry_set_id}-{account}", "entry_set_id": entry_set_id, "gl_account": account}
        line |= {"amount": Decimal(cents).scaleb(-2), "known_at": morning(entry["known_from"]), "takes_back": None}
        line["responsible_party"] = entry["party"] if account == "1200" else None
        yield line
        if entry["known_until"]:
            turned = {"line_id": f"{line['line_id']}-undone", "amount": -line["amount"], "takes_back": line["line_id"]}
            yield line | turned | {"known_at": morning(entry["known_until"])}


def morning(day: date) -> datetime:
    """When what arrives on a day comes to be known."""
    return datetime.combine(day, time(6))


def _frame(lake: Lake, rows: list[tuple[Any, ...]], schema: str) -> DataFrame:
    return local_rows(lake.spark, rows, schema).coalesce(1)


def _cell(row: Row, name: str) -> Any:
    if name == "is_current":
        return row["known_until"] is None
    return [] if name == "quality_flags" else row.get(name)


def _told(world: TruthWorld, metadata: Metadata, noun: str) -> list[Row]:
    """Each key's rows in the order in which they came to be known; one ends where the next begins."""
    by_key: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for file, withdrawn in files_of(world, noun):
        for record in _records(world, metadata, noun, file):
            row = _silver(record, metadata.nouns[noun], file)
            row["known_until"] = morning(withdrawn) if withdrawn else None
            by_key[(file.source_id, *(row[name] for name in metadata.nouns[noun].key))].append(row)
    for rows in by_key.values():
        rows.sort(key=lambda row: row["known_from"])
        for row, following in pairwise(rows):
            row["known_until"] = row["known_until"] or following["known_from"]
    return [row for rows in by_key.values() for row in rows]


def _records(world: TruthWorld, metadata: Metadata, noun: str, file: LandingFile) -> Iterator[Row]:
    if noun not in PUBLIC:
        yield from records(world, file)
        return
    cells = metadata.sources[file.source_id].cells
    with (world.landing / file.path).open(encoding="utf-8", newline="") as lines:
        for record in csv.DictReader(lines):
            yield {name: _public(record.get(cell.column or ""), cell.values) for name, cell in cells.items()}


def _public(text: str | None, values: Mapping[str, str] | None) -> str | None:
    return (values or {}).get(text, text) if text else None


def _silver(record: Row, noun: Noun, file: LandingFile) -> Row:
    origin = file.source_id.partition("__")[0]
    row: Row = {"source_id": file.source_id, "known_from": morning(file.known_on)}
    for column in noun.columns:
        cell = record.get(column.name)
        if cell is None:
            row[column.name] = None
        elif column.type == "id":
            row[column.name] = f"{origin}:{cell}"
        elif column.type == "money":
            row[column.name] = Decimal(cell) if isinstance(cell, str) else Decimal(cell).scaleb(-2)
        elif column.type == "date" and isinstance(cell, str):
            row[column.name] = date.fromisoformat(cell)
        else:
            row[column.name] = int(cell) if column.type == "integer" else cell
    return row


def _delivered(world: TruthWorld) -> Iterator[tuple[str, str, int, str, datetime]]:
    gone = {path: wave.known_on for wave in world.waves for path in wave.withdrawn}
    for wave in world.waves:
        for file in wave.files:
            if file.outcome == "landed":
                yield (file.source_id, file.path, 1, "landed", morning(file.known_on))
            if file.path in gone:
                yield (file.source_id, file.path, 2, "withdrawn", morning(gone[file.path]))
