"""A batch in which 2 % of the rows come again: changed, late, touched, emptied or spoilt, and what is true after it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from local.bench.medallion.draws import Numbers, chosen, iso, noisy_cents, numbered, ordinals
from local.bench.medallion.hospital import CLAIM_STATUSES, HOSPITALS, Table, addresses

SHARE = 0.02
KINDS = {"change": 0.70, "late": 0.12, "touch": 0.08, "empty": 0.07, "bad": 0.03}
MODIFIED_ON = "2024-12-01"
CLAIM_MONTH = "2024-10"
"""All claims that change are of the newest whole month, whose file is sent again."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A noun's rows that come again, what the source holds after it, and what is true then.

    A late row is an older state that comes after a newer one: it is in `rows` and, where a file tells of the whole
    table, in `sent_whole`, but never in `truth` (nor is a bad one). `counts` is by kind.
    """

    rows: Table
    sent_whole: Table
    truth: Table
    counts: Mapping[str, int]


def next_batch(noun: str, hospital: str, table: Table, seed: int) -> Batch:
    """The batch that follows `table`, one of `hospital_tables`; only nouns with bills and people have one."""
    rng = np.random.default_rng([seed, HOSPITALS.index(hospital), *noun.encode()])
    places = _places(rng, noun, table)
    kinds = rng.choice(list(KINDS), len(places), p=list(KINDS.values()))
    if noun == "claim":  # of a month's files the newest holds, so that no row of it is late
        kinds[kinds == "late"] = "change"
    rows = _changed(rng, noun, table.take(pa.array(places)), kinds)
    accepted = np.isin(kinds, ["change", "touch", "empty"])
    return Batch(
        rows=rows,
        sent_whole=_replaced(table, places, rows),
        truth=_replaced(table, places[accepted], rows.filter(pa.array(accepted))),
        counts={kind: int((kinds == kind).sum()) for kind in KINDS},
    )


def _places(rng: np.random.Generator, noun: str, table: Table) -> Numbers:
    """Which rows come again, in the table's order."""
    candidates = np.arange(table.num_rows)
    if noun == "claim":
        candidates = candidates[pc.starts_with(table["ClaimDate"], CLAIM_MONTH).to_numpy()]
    return np.sort(rng.choice(candidates, int(table.num_rows * SHARE), replace=False))


def _changed(rng: np.random.Generator, noun: str, rows: Table, kinds: np.ndarray) -> Table:
    changing, emptied, required = _COLUMNS[noun]
    differs = np.isin(kinds, ["change", "late"])
    rows = _with(rows, _named(rows, changing), differs, _drawn(rng, noun, rows.num_rows))
    rows = _with(rows, _named(rows, emptied), kinds == "empty", pa.nulls(rows.num_rows, pa.string()))
    rows = _with(rows, _named(rows, required), kinds == "bad", _spoilt(noun, rows.num_rows))
    modified = rows.column_names[-1]
    earlier = iso(ordinals(rows[modified].combine_chunks()) - rng.integers(1, 400, rows.num_rows))
    rows = _with(rows, modified, kinds == "late", earlier)
    return _with(rows, modified, kinds != "late", pa.array([MODIFIED_ON] * rows.num_rows))


_COLUMNS = {
    "patient": ("Address", "PhoneNumber", "FirstName"),
    "encounter": ("DepartmentID", "ProcedureCode", "PatientID"),
    "transaction": ("PaidAmount", "PaidDate", "PatientID"),
    "claim": ("ClaimStatus", "Copay", "PatientID"),
}
"""By noun: the column that a change changes, the one that is emptied, and the one without which a row is bad."""


def _drawn(rng: np.random.Generator, noun: str, rows: int) -> pa.Array:
    """Values for the changing column; but for statuses of claims, none that a row had before."""
    match noun:
        case "patient":
            return addresses(rng, rows)
        case "encounter":
            return numbered("DEPT", rng.integers(101, 121, rows), 3)
        case "transaction":
            return noisy_cents(rng, 100_000, 200_000, rows)
        case _:
            return chosen(rng, CLAIM_STATUSES, rows)


def _spoilt(noun: str, rows: int) -> pa.Array:
    """A first name as a database writes it that has none, or no patient."""
    return pa.array(["null"] * rows) if noun == "patient" else pa.nulls(rows, pa.string())


def _named(rows: Table, column: str) -> str:
    """The column as this hospital names it."""
    return "F_Name" if column == "FirstName" and column not in rows.column_names else column


def _with(rows: Table, column: str, where: np.ndarray, values: pa.Array) -> Table:
    replaced = pc.if_else(pa.array(where), values, rows[column].combine_chunks())
    return rows.set_column(rows.column_names.index(column), column, replaced)


def _replaced(table: Table, places: Numbers, rows: Table) -> Table:
    """`table` with `rows` in the places of those that stood there."""
    order = np.arange(table.num_rows)
    order[places] = table.num_rows + np.arange(len(places))
    return pa.concat_tables([table, rows]).take(pa.array(order)).combine_chunks()
