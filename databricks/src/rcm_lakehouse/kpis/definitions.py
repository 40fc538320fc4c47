"""KPI definitions: versioned data from `metadata/kpis/`, which this package carries out and does not interpret."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over a relation: of `amount` where `where` holds, in the months that `period` and `window` name.

    All are Spark SQL over the relation's columns. `period` is a date expression; `window` says in which months a row
    counts: `month` (that of the date), `90_days` (each month whose end is less than so many days later), `3_months`
    (that and the two that follow), `3_months_before` (the three that follow).
    """

    of: str
    period: str
    window: str
    where: str
    amount: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """One figure of a KPI. `name` None: the whole. Not every bucket is also told by slice."""

    name: str | None
    numerator: Sum
    denominator: Sum
    is_sliced: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """How a KPI is reckoned from one kind of feeds.

    `at_month_ends`: a figure for each month that has ended; else for those found up to the as-of date, months under
    way included. `multiplier` is a number, or the name of a count of days that depends on the month. `months_before`:
    so many months of the hospital's must have gone before. `left_out`: reason to the count of rows left out for it.
    `flagged`: count of rows looked at, and of those with a quality flag.
    """

    basis: str
    feeds: tuple[str, ...]
    at_month_ends: bool
    buckets: tuple[Bucket, ...]
    headline: str | None
    multiplier: int | str
    months_before: int
    left_out: Mapping[str, Sum]
    flagged: tuple[Sum, Sum] | None

    def sums(self) -> Iterator[Sum]:
        """All that must be summed up for it."""
        for bucket in self.buckets:
            yield from (bucket.numerator, bucket.denominator)
        yield from self.left_out.values()
        yield from self.flagged or ()

    def sliced_sums(self) -> Iterator[Sum]:
        """What of it is also told by slice."""
        for bucket in self.buckets:
            if bucket.is_sliced:
                yield from (bucket.numerator, bucket.denominator)
        if any(bucket.is_sliced for bucket in self.buckets):
            yield from (*self.left_out.values(), *(self.flagged or ()))


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI. Of its definitions, the first that a hospital feeds counts there."""

    kpi_id: str
    version: int
    unit: str
    definitions: tuple[Definition, ...]
    fingerprint: str


def read_kpis(folder: Path) -> list[Kpi]:
    """All KPIs of `folder`/kpis, by id."""
    return [read_kpi(json.loads(path.read_text(encoding="utf-8"))) for path in sorted((folder / "kpis").glob("*.json"))]


def read_kpi(document: Mapping[str, Any]) -> Kpi:
    """A KPI from its document, which satisfies `metadata/schema/kpi.schema.json`."""
    return Kpi(
        kpi_id=document["kpi_id"],
        version=document["version"],
        unit=document["unit"],
        definitions=tuple(_definition(one) for one in document["definitions"]),
        fingerprint=hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16],
    )


def days(multiplier: int | str, month_end: date) -> int:
    """The multiplier's number in a month."""
    if isinstance(multiplier, int):
        return multiplier
    months = month_end.year * 12 + month_end.month - 3
    return (month_end.replace(day=1) - date(months // 12, months % 12 + 1, 1)).days + month_end.day


def _definition(told: Mapping[str, Any]) -> Definition:
    above, below = _sum(told["numerator"]), _sum(told["denominator"])
    sides = (("denominator", below), ("numerator", above))  # where both leave out for a reason, the numerator counts
    left_out = {reason: one for side, whole in sides for reason, one in _left_out(told[side], whole)}
    return Definition(
        basis=told["basis"],
        feeds=tuple(told["feeds"]),
        at_month_ends=told["periods"] == "month_ends",
        buckets=tuple(_buckets(told, above, below)),
        headline=told.get("headline"),
        multiplier=told.get("multiplier", 1),
        months_before=told.get("months_before", 0),
        left_out=left_out,
        flagged=_flagged(told["quality"], above) if "quality" in told else None,
    )


def _buckets(told: Mapping[str, Any], above: Sum, below: Sum) -> Iterator[Bucket]:
    for parts in product(*(_parts(split) for split in told.get("splits", []))):
        yield Bucket(
            name="|".join(part["name"] for part in parts if part["name"]) or None,
            numerator=_part_of(above, [part.get("numerator", {}) for part in parts]),
            denominator=_part_of(below, [part.get("denominator", {}) for part in parts]),
            is_sliced=told["by_slice"] and all(part.get("by_slice", True) for part in parts),
        )


def _parts(split: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """A part's `when` is short for a condition on the sides that the split is of."""
    sides = ("numerator", "denominator") if split["of"] == "both" else (split["of"],)
    return [{**{side: {"when": part["when"]} for side in sides if "when" in part}, **part} for part in split["parts"]]


def _part_of(whole: Sum, parts: Sequence[Mapping[str, str]]) -> Sum:
    conditions = [part["when"] for part in parts if "when" in part]
    amounts = [part["amount"] for part in parts if "amount" in part]
    where = " AND ".join(f"({one})" for one in (whole.where, *conditions))
    return Sum(whole.of, whole.period, whole.window, where, amounts[0] if amounts else whole.amount)


def _sum(side: Mapping[str, Any]) -> Sum:
    left = [f"NOT coalesce({one['when']}, false)" for one in side.get("leave_out", [])]
    where = " AND ".join((f"({side.get('where', 'true')})", *left))
    return Sum(side["of"], side["period"], side.get("window", "month"), where, side["amount"])


def _left_out(side: Mapping[str, Any], whole: Sum) -> Iterator[tuple[str, Sum]]:
    """A row is left out for the first reason that holds."""
    where = f"({side.get('where', 'true')})"
    for one in side.get("leave_out", []):
        yield one["reason"], Sum(whole.of, whole.period, whole.window, f"{where} AND ({one['when']})", "1")
        where += f" AND NOT coalesce({one['when']}, false)"


def _flagged(condition: str, whole: Sum) -> tuple[Sum, Sum]:
    rows = Sum(whole.of, whole.period, whole.window, whole.where, "1")
    return rows, Sum(whole.of, whole.period, whole.window, f"{whole.where} AND ({condition})", "1")
