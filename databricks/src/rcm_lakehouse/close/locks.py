"""Locks: which periods of a hospital are signed, and since when. They come with a run's manifest and stay for good."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.local_rows import local_rows

CLOSED_PERIODS = "gold.closed_period"
SCHEMA = "hospital string, period string, locked_at timestamp, signed_by string"


@dataclass(frozen=True, slots=True, order=True)
class Lock:
    """A signed period (yyyy-MM). What became known by `locked_at` (aware) may be in it, all else is posted later."""

    hospital: str
    period: str
    locked_at: datetime
    signed_by: str

    @classmethod
    def from_json(cls, told: Mapping[str, str]) -> "Lock":
        """Takes one element of a manifest's `closed_periods`."""
        return cls(told["hospital"], told["period"], datetime.fromisoformat(told["locked_at"]), told["signed_by"])


def record_locks(lake: Lake, manifest_uri: str) -> tuple[list[Lock], Written | None]:
    """All locks, in order, and the write that added those which only the manifest knew."""
    text = lake.spark.read.text(manifest_uri, wholetext=True).first()[0]  # type: ignore[index]
    told = [Lock.from_json(one) for one in json.loads(text).get("closed_periods", [])]
    known = read_locks(lake)
    names = {(lock.hospital, lock.period) for lock in known}
    fresh = [lock for lock in told if (lock.hospital, lock.period) not in names]
    if not fresh:
        return known, None
    rows = local_rows(lake.spark, [astuple(lock) for lock in fresh], SCHEMA).coalesce(1)
    return sorted([*known, *fresh]), lake.append(CLOSED_PERIODS, rows)


def read_locks(lake: Lake) -> list[Lock]:
    """The locks that are known, by hospital and period."""
    if not lake.exists(CLOSED_PERIODS):
        return []
    rows = lake.read(CLOSED_PERIODS).selectExpr("hospital", "period", "unix_micros(locked_at)", "signed_by").collect()
    return sorted(
        Lock(h, p, datetime.fromtimestamp(at // 10**6, UTC).replace(microsecond=at % 10**6), by)
        for h, p, at, by in rows
    )


def by_hospital(locks: Iterable[Lock]) -> dict[str, list[Lock]]:
    """The locks of each hospital in the order of their periods."""
    found: dict[str, list[Lock]] = {}
    for lock in sorted(locks):
        found.setdefault(lock.hospital, []).append(lock)
    return found
