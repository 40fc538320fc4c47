"""The time that figures are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F


@dataclass(frozen=True, slots=True)
class Span:
    """The as-of date, and the month ends up to it that are asked for, in order."""

    as_of: date
    month_ends: Sequence[date]

    @property
    def last(self) -> date:
        return max(self.month_ends, default=self.as_of)

    def month_ends_between(self, first: Column, last: Column) -> Column:
        """Month ends from one day to another (NULL: for ever) as an array; empty where `last` comes first."""
        until = F.least(F.coalesce(last, F.lit(self.last)), F.lit(self.last))
        months = F.sequence(F.trunc(first, "MM"), F.trunc(until, "MM"), F.expr("INTERVAL 1 MONTH"))
        ends = F.filter(F.transform(months, F.last_day), lambda end: end <= until)
        return F.when(first <= until, ends).otherwise(F.array().cast("array<date>"))
