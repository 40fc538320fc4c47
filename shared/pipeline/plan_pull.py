"""Decides which rows of a table the next pull reads, from where the last one stopped."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.model.extract import Extract, IncrementalPull
from shared.model.source import SourceDefinition
from shared.model.table_query import TableQuery, WatermarkRange, WatermarkType

_UNITS = {WatermarkType.DATE: timedelta(days=1), WatermarkType.INSTANT: timedelta(seconds=1)}


@dataclass(frozen=True, slots=True)
class PullPlan:
    """The queries of one pull, in the order of the file.

    `settled` are rows that the next pull does not read again, `recent` those that it does: if nothing of these changed
    and `is_idle` says that the watermark stands still, there is nothing to bring.
    """

    settled: TableQuery | None
    recent: TableQuery
    is_idle: bool


def table_query(extract: Extract, source: SourceDefinition) -> TableQuery:
    """All columns of the record, in its order; rows by key, so that the same rows make the same bytes."""
    return TableQuery(
        connection=extract.connection,
        table=extract.table,
        columns=tuple(extract.table_column(column) for column in source.columns),
        order_by=tuple(extract.table_column(key) for key in source.keys),
        where=extract.where,
    )


def latest_query(query: TableQuery, pull: IncrementalPull, now: datetime) -> TableQuery:
    """Where to look for the greatest watermark: not beyond tomorrow, so that one wrong date does not end all pulls."""
    until = _next_unit(pull.watermark_type, (now + timedelta(days=1)).replace(tzinfo=None).isoformat())
    return replace(query, watermark=WatermarkRange(pull.watermark_column, pull.watermark_type, until=until))


def watermark_after(pull: IncrementalPull, latest: str, reached: str) -> str:
    """How far a pull reads: to the end of the day or second of the latest row, never back behind `reached`."""
    return max(_next_unit(pull.watermark_type, latest), reached) if latest else reached


def plan_pull(query: TableQuery, pull: IncrementalPull, reached: str, until: str) -> PullPlan:
    """From the last pull's end (`reached`, "" for none) less the overlap, to `until`."""
    since, recent_since = (_before(pull, mark) for mark in (reached, until))
    settled = WatermarkRange(pull.watermark_column, pull.watermark_type, since, recent_since)
    recent = replace(settled, since=recent_since, until=until, unmarked=True)
    return PullPlan(
        settled=None if since == recent_since else replace(query, watermark=settled),
        recent=replace(query, watermark=recent),
        is_idle=reached == until,
    )


def _next_unit(kind: WatermarkType, mark: str) -> str:
    if kind is WatermarkType.DATE:
        return (date.fromisoformat(mark[:10]) + _UNITS[kind]).isoformat()
    return (datetime.fromisoformat(mark).replace(microsecond=0) + _UNITS[kind]).isoformat()


def _before(pull: IncrementalPull, mark: str) -> str:
    if not mark:
        return ""
    read = date if pull.watermark_type is WatermarkType.DATE else datetime
    return (read.fromisoformat(mark) - pull.overlap).isoformat()
