"""Lines of the account ledger by hand, and what periods they belong to worked out one by one."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from pyspark.sql import DataFrame, SparkSession
from rcm_lakehouse.close.locks import Lock
from rcm_lakehouse.local_rows import local_rows

SCHEMA = (
    "line_id string, entry_set_id string, hospital string, account_id string, responsible_party string, "
    "gl_account string, kind string, is_reversal boolean, amount decimal(18,2), service_date date, posting_date date, "
    "effective_date date, known_at timestamp, takes_back string, noun string, source_id string, source_key string, "
    "_file_version_id string, _generation int, _row_number bigint"
)
FIRST_DAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `gold.ledger_line`, with what tests don't care about filled in."""

    line_id: str
    entry_set_id: str
    hospital: str
    account_id: str | None
    responsible_party: str | None
    gl_account: str
    kind: str
    amount: Decimal
    posting_date: date
    effective_date: date
    known_at: datetime
    takes_back: str | None = None
    is_reversal: bool = False
    service_date: date = FIRST_DAY
    noun: str = "charge"
    source_id: str = "hospital_a__charge"
    source_key: str = ""
    _file_version_id: str = "f" * 64
    _generation: int = 1
    _row_number: int = 1


def charge(
    name: str, amount: str, posting: date, effective: date | None = None, known: datetime | None = None, **more: str
) -> list[Row]:
    """Both lines of a charge's entry set; known on the day of its posting unless told otherwise."""
    party = more.get("party", "MEDICARE")
    days = (posting, effective or posting, known or at(posting))
    account = more.get("account", "hospital_a:A1")
    owed = Row(f"{name}-1", name, "hospital_a", account, party, "1200", "charge", Decimal(amount), *days)
    earned = Row(f"{name}-2", name, "hospital_a", account, None, "4000", "charge", -Decimal(amount), *days)
    return [owed, earned]


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def frame(spark: SparkSession, rows: Iterable[Row]) -> DataFrame:
    names = [part.split()[0] for part in SCHEMA.split(", ")]
    assert set(names) == {field.name for field in fields(Row)}
    return local_rows(spark, [tuple(getattr(row, name) for name in names) for row in rows], SCHEMA)


def some_lines(seed: int, count: int) -> list[Row]:
    """Charges of half a year with any dates, parties and accounts; every tenth is taken back later."""
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in range(count):
        posting = FIRST_DAY + timedelta(days=draw.randrange(180))
        effective = posting - timedelta(days=draw.choice((0, 0, 1, 5, 40, -3)))
        known = at(posting + timedelta(days=draw.choice((0, 1, 20, 70, 150))), draw.randrange(24))
        more = {"party": draw.choice(("MEDICARE", "PATIENT")), "account": f"hospital_a:A{draw.randrange(9)}"}
        amount = f"{draw.randrange(-9_999, 99_999) / 100:.2f}"
        mine = charge(f"c{number:04d}", amount, posting, effective, known, **more)
        rows += mine
        if number % 10 == 0:
            rows += [_taken_back(row, known + timedelta(days=draw.choice((1, 60)))) for row in mine]
    return rows


def _taken_back(row: Row, known: datetime) -> Row:
    values = {field.name: getattr(row, field.name) for field in fields(Row)}
    changed = {"line_id": f"{row.line_id}-back", "amount": -row.amount, "known_at": known, "takes_back": row.line_id}
    return Row(**{**values, **changed})


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def own_accounting_period(row: Row, locks: Iterable[Lock]) -> str:
    """The first month, from that of the posting date on, that was open when the line came to be known."""
    closed = {lock.period for lock in locks if lock.hospital == row.hospital and lock.locked_at < row.known_at}
    period = month(row.posting_date)
    while any(period <= one for one in closed):
        day = date(int(period[:4]), int(period[5:]), 1) + timedelta(days=31)
        period = month(day)
    return period
