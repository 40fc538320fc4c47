"""Days, months and shares as the oracle's measures use them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from local.world.oracle.books import Posting

# A figure as told: KPI, bucket (empty: none), numerator, denominator.
type Told = tuple[str, str, int, int]

AGES = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))


def last_day(period: str) -> date:
    """Return a month's last day."""
    year, month = int(period[:4]), int(period[5:])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def months_before(period: str) -> list[str]:
    """Return the three months before one, the nearest first."""
    count = int(period[:4]) * 12 + int(period[5:]) - 1
    return [f"{(count - back) // 12}-{(count - back) % 12 + 1:02d}" for back in (1, 2, 3)]


def month_of(day: date) -> str:
    """Return a day's month as yyyy-mm."""
    return f"{day:%Y-%m}"


def age(elapsed: timedelta) -> str:
    """Return the age bucket of a time."""
    return next((name for limit, name in AGES if elapsed.days <= limit), "over_120")


def shares(kpi_id: str, aged: Counter[str]) -> Iterator[Told]:
    """Yield the share of each age (and of over 90 days) in the total of whom it is about."""
    totals: Counter[str] = Counter()
    for bucket, cents in aged.items():
        totals[bucket.partition("|")[0]] += cents
    for whose, total in totals.items():
        for name in (*(name for _, name in AGES), "over_120"):
            yield kpi_id, f"{whose}|{name}", aged[f"{whose}|{name}"], total
        yield kpi_id, f"{whose}|over_90", aged[f"{whose}|91-120"] + aged[f"{whose}|over_120"], total


def is_charge(posting: Posting) -> bool:
    """Tell whether a posting is a charge, late or not, or the credit of one."""
    return posting.kind in {"charge", "late_charge"}


def posted_in(postings: list[Posting], period: str) -> list[Posting]:
    """Return the postings of a month."""
    return [posting for posting in postings if month_of(posting.posted) == period]
