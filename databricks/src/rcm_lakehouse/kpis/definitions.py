"""KPI definitions: versioned data from `metadata/kpis/`, which this package carries out and does not interpret."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """One side of a KPI: the sum of `amount` over the rows of gold table `of` that `where` does not refuse.

    `period` is a date expression, or `as_of`. `leave_out` is reason to condition: the first that holds takes the row
    out and counts it. Conditions and amounts are Spark SQL over the table's columns and `as_of`.
    """

    of: str
    period: str
    where: str
    amount: str
    leave_out: Mapping[str, str]
    divide_by: int


@dataclass(frozen=True, slots=True)
class Buckets:
    """A split of the numerator. The row without bucket holds the sum of those named in `headline`."""

    expression: str
    headline: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI: numerator over denominator per hospital and period."""

    kpi_id: str
    version: int
    unit: str
    feeds: tuple[str, ...]
    numerator: Measure
    denominator: Measure
    buckets: Buckets | None
    definition_id: str


def read_kpis(folder: Path) -> list[Kpi]:
    """All definitions of `folder`/kpis, by id."""
    return [_kpi(json.loads(path.read_text(encoding="utf-8"))) for path in sorted((folder / "kpis").glob("*.json"))]


def _kpi(document: Mapping[str, Any]) -> Kpi:
    buckets = document.get("buckets")
    return Kpi(
        kpi_id=document["kpi_id"],
        version=document["version"],
        unit=document["unit"],
        feeds=tuple(document["feeds"]),
        numerator=_measure(document["numerator"]),
        denominator=_measure(document["denominator"]),
        buckets=Buckets(buckets["expression"], tuple(buckets["headline"])) if buckets else None,
        definition_id=hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16],
    )


def _measure(side: Mapping[str, Any]) -> Measure:
    return Measure(
        of=side["of"],
        period=side["period"],
        where=side.get("where", "true"),
        amount=side["amount"],
        leave_out={one["reason"]: one["when"] for one in side.get("leave_out", [])},
        divide_by=side.get("divide_by", 1),
    )
