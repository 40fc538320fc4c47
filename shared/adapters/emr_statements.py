"""Queries of tables as SQL: names quoted by the dialect, values bound."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from shared.model.table_query import TableQuery, WatermarkRange, WatermarkType

_TYPES: dict[WatermarkType, Any] = {WatermarkType.DATE: sa.Date(), WatermarkType.INSTANT: sa.DateTime()}
_READ: dict[WatermarkType, Any] = {
    WatermarkType.DATE: date.fromisoformat,
    WatermarkType.INSTANT: datetime.fromisoformat,
}


def select_rows(query: TableQuery) -> sa.Select[Any]:
    """The rows of a query in its order, watermark first."""
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in query.columns]
    statement: sa.Select[Any] = sa.select(*columns).select_from(_table(query)).where(*_equalities(query))
    if query.watermark is not None:
        statement = statement.where(_in_range(query.watermark)).order_by(sa.column(query.watermark.column))
    return statement.order_by(*map(sa.column, query.order_by))


def select_latest(query: TableQuery) -> sa.Select[Any]:
    """The greatest watermark in the query's range. ValueError for a query without one."""
    if query.watermark is None:
        raise ValueError("a greatest watermark needs a watermark column")
    latest = sa.func.max(_marked(query.watermark))
    return sa.select(latest).select_from(_table(query)).where(*_equalities(query), _in_range(query.watermark))


def _table(query: TableQuery) -> sa.TableClause:
    schema, _, name = query.table.rpartition(".")
    return sa.table(name, schema=schema or None)


def _equalities(query: TableQuery) -> list[sa.ColumnElement[bool]]:
    return [sa.column(name) == value for name, value in query.where.items()]


def _marked(watermark: WatermarkRange) -> sa.ColumnClause[Any]:
    return sa.column(watermark.column, _TYPES[watermark.type])


def _in_range(watermark: WatermarkRange) -> sa.ColumnElement[bool]:
    column, read = _marked(watermark), _READ[watermark.type]
    bounds = [column >= read(watermark.since)] if watermark.since else []
    bounds += [column < read(watermark.until)] if watermark.until else []
    within = sa.and_(sa.true(), *bounds)
    return sa.or_(within, column.is_(None)) if watermark.unmarked else within
