"""A published edition as the task `trace` leaves it, in its layout and columns, without Spark: as large as asked.

Every month of a hospital has the same rows; sizes and row groups are what a reader sees.
"""

import io
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from azure.storage.blob import ContainerClient

HOSPITALS = ("hospital_a", "hospital_b")
MONTHS = 30
LINES, RECORDS = 10, 8
"""Of a claim, as worlds of known truth have them: lines of A/R and cash, and records beside those that enter them."""

ROWS_A_CLAIM = {"posted_entry": 4 * LINES, "account_balance": 3, "remitted_claim": 1}
"""Rows in a month by claims of a month: a charge counts in its own and as long as 90 days last; an account is open so

long."""

SUMS = {"posted_entry": 14, "account_balance": 60, "remitted_claim": 2}
"""Relations that are written, and how many sums each has."""

ROW_GROUP = 32_768
ENTRIES_A_FILE = 50_000
EDITION, TRACE = "e" * 64, "t" * 32
PAYERS = ("MEDICARE", "MEDICAID", "AETNA", "CIGNA", "PATIENT")
MONEY = pa.decimal128(18, 2)
MEMBERS = {"payer": PAYERS} | {
    name: tuple(f"hospital_a:{name}{number}" for number in range(count))
    for name, count in (("department", 12), ("provider", 60), ("service_line", 6))
}


@dataclass(frozen=True)
class Edition:
    """An edition of hospitals that sent so many claims between them."""

    claims: int
    seed: int

    @property
    def entry_files(self) -> int:
        return max(1, self.claims * LINES // ENTRIES_A_FILE)

    def account_ids(self, hospital: str) -> list[str]:
        return [f"{hospital}:ACC{number:09d}" for number in range(self.claims // len(HOSPITALS))]

    def upload(self, published: ContainerClient) -> int:
        """Writes it all; how many bytes."""
        with ThreadPoolExecutor(4) as pool:
            written = sum(pool.map(lambda blob: _upload(published, *blob), self._blobs()))
        pointer = {"edition": EDITION, "token": EDITION, "published_at": "2026-01-01T00:00:00.000000Z"}
        said = ((f"{EDITION}/trace.json/part-0.txt", self._document()), ("current/2026/part-0.txt", pointer))
        return written + sum(_upload(published, name, json.dumps(document).encode()) for name, document in said)

    def _blobs(self) -> Iterator[tuple[str, bytes]]:
        figures = _parquet(_figures(Random(self.seed)))
        for hospital in HOSPITALS:
            for period in periods():
                yield _name("figure", hospital, f"period={period}"), figures
            for relation in SUMS:
                content = _parquet(self._relation(hospital, relation))
                yield from ((_name(relation, hospital, f"period={period}"), content) for period in periods())
            yield from self._entries(hospital)

    def _relation(self, hospital: str, relation: str) -> pa.Table:
        """Rows of a month, by account."""
        draw = Random(self.seed)
        count = ROWS_A_CLAIM[relation] * max(1, self.claims // len(HOSPITALS) // MONTHS)
        ids = sorted(draw.choices(self.account_ids(hospital), k=count))
        is_line = relation == "posted_entry"
        keys = _hashes(draw, count) if is_line else [f"{one}|{party}" for one, party in _with(draw, ids, PAYERS)]
        columns: dict[str, Any] = {"row": keys, "account_id": ids, **_place(draw, count, is_line)}
        columns |= {name: draw.choices(members, k=count) for name, members in MEMBERS.items()}
        for number in range(SUMS[relation]):
            columns[f"s{number}"] = _amounts(draw, count, 2 if number == 0 else 12)
        return pa.table(columns)

    def _entries(self, hospital: str) -> Iterator[tuple[str, bytes]]:
        """What is on file of each account, in the file that its name falls to."""
        parts: dict[int, list[str]] = defaultdict(list)
        for one in self.account_ids(hospital):
            parts[zlib.crc32(one.encode()) % self.entry_files].append(one)
        longest = max(map(len, parts.values())) * (LINES + RECORDS)
        columns = _entry_columns(Random(self.seed), longest)
        for part, ids in sorted(parts.items()):
            of_each = [one for one in ids for _ in range(LINES + RECORDS)]
            table = columns.slice(0, len(of_each)).add_column(0, "account_id", pa.array(of_each))
            yield _name("entry", hospital, f"part={part}"), _parquet(table)

    def _document(self) -> dict[str, Any]:
        figures = [
            {"kpi_id": kpi, "hospital": hospital, "bucket": bucket}
            | {side: [relation, f"s{number}"] for side in ("numerator", "denominator")}
            for kpi, bucket, relation, number in buckets()
            for hospital in HOSPITALS
        ]
        relations = {name: {"grain": name, "made_of": []} for name in SUMS}
        return {"trace_id": TRACE, "entry_files": self.entry_files, "figures": figures, "relations": relations}


def periods() -> list[str]:
    return [f"{2022 + month // 12}-{month % 12 + 1:02d}" for month in range(MONTHS)]


def buckets() -> Iterator[tuple[str, str | None, str, int]]:
    """(KPI, bucket, relation, number of the sum): one KPI of each relation, with as many buckets as sums."""
    for relation, count in SUMS.items():
        yield from ((f"kpi_of_{relation}", f"b{n}" if n else None, relation, n) for n in range(count))


def _upload(published: ContainerClient, name: str, content: bytes) -> int:
    published.upload_blob(name, content, overwrite=True)
    return len(content)


def _name(name: str, hospital: str, place: str) -> str:
    return f"trace/{TRACE}/{name}/hospital={hospital}/{place}/part-0.parquet"


def _place(draw: Random, count: int, is_one: bool) -> dict[str, pa.Array]:
    """Where rows are from, or nothing where each is made of many."""
    if not is_one:
        nothing = dict.fromkeys(("noun", "source_id", "source_key", "_file_version_id"), pa.nulls(count, pa.string()))
        return {**nothing, "_generation": pa.nulls(count, pa.int32()), "_row_number": pa.nulls(count, pa.int64())}
    return {
        "noun": ["charge"] * count,
        "source_id": ["hospital_a__charge"] * count,
        "source_key": [f"hospital_a:CHG{number:010d}" for number in draw.choices(range(10**9), k=count)],
        "_file_version_id": draw.choices([f"{draw.getrandbits(256):064x}" for _ in range(40)], k=count),
        "_generation": pa.array([1] * count, pa.int32()),
        "_row_number": draw.choices(range(1, 90_000), k=count),
    }


def _entry_columns(draw: Random, count: int) -> pa.Table:
    """All that entries say beside their account's name."""
    is_line = [place % (LINES + RECORDS) < LINES for place in range(count)]
    day = date(2022, 5, 1)
    of_line = {
        "line_id": _hashes(draw, count),
        "responsible_party": draw.choices(PAYERS, k=count),
        "gl_account": ["1200"] * count,
        "kind": ["charge"] * count,
        "amount": _amounts(draw, count, 1).to_pylist(),
        "posting_date": [day] * count,
        "effective_date": [day] * count,
    }
    columns: dict[str, Any] = {
        name: [value if line else None for line, value in zip(is_line, values, strict=True)]
        for name, values in of_line.items()
    }
    columns["amount"] = pa.array(columns["amount"], MONEY)
    claims = [f"hospital_a:CLM{place // (LINES + RECORDS):09d}" for place in range(count)]
    columns["claim_id"] = [None if line else claim for line, claim in zip(is_line, claims, strict=True)]
    return pa.table({**columns, **_place(draw, count, is_one=True)})


def _figures(draw: Random) -> pa.Table:
    """Every KPI's buckets, of the whole hospital and of each member of each slice."""
    everybody: list[tuple[str | None, str | None]] = [(None, None)]
    members = [*everybody, *((name, one) for name, those in MEMBERS.items() for one in those)]
    places = [(kpi, bucket, *member) for kpi, bucket, *_ in buckets() for member in members]
    count = len(places)
    wide = partial(pa.array, type=pa.decimal128(38, 2))
    return pa.table(
        {
            **dict(zip(("kpi_id", "bucket", "dimension", "member"), map(list, zip(*places, strict=True)), strict=True)),
            "basis": ["ledger"] * count,
            "numerator": wide(_amounts(draw, count, 1).to_pylist()),
            "denominator": wide(_amounts(draw, count, 1).to_pylist()),
            "multiplier": pa.array([1] * count, pa.int32()),
            "value": pa.array([Decimal("0.5")] * count, pa.decimal128(38, 6)),
            "unit": ["ratio"] * count,
        }
    )


def _with(draw: Random, ids: Sequence[str], members: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(ids, draw.choices(members, k=len(ids)), strict=True)


def _hashes(draw: Random, count: int) -> list[str]:
    digits = draw.randbytes(16 * count).hex()
    return [digits[at : at + 32] for at in range(0, 32 * count, 32)]


def _amounts(draw: Random, count: int, one_in: int) -> pa.Array:
    """An amount in one row of so many, nothing in the others."""
    some = [Decimal(cents).scaleb(-2) for cents in draw.choices(range(1, 900_000), k=2_000)]
    return pa.array(draw.choices([*some, *[None] * (2_000 * (one_in - 1))], k=count), MONEY)


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=ROW_GROUP, compression="snappy")
    return sink.getvalue()
