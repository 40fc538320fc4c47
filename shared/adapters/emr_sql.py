"""EMR databases over SQLAlchemy: Azure SQL in Azure, PostgreSQL or SQLite elsewhere.

Azure SQL is reached with the app's identity: `mssql+mssqlpython://<server>/<database>?Authentication=ActiveDirectoryMSI`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from shared.errors import ConfigurationError, PermanentError, TransientError
from shared.model.extract import TableQuery, WatermarkRange, WatermarkType

ROWS_AT_ONCE = 20_000
_TYPES: dict[WatermarkType, Any] = {WatermarkType.DATE: sa.Date(), WatermarkType.INSTANT: sa.DateTime()}
_READ: dict[WatermarkType, Any] = {
    WatermarkType.DATE: date.fromisoformat,
    WatermarkType.INSTANT: datetime.fromisoformat,
}


class SqlEmrReader:
    """Fulfils `EmrReader`. `databases` maps the name of a connection to its SQLAlchemy URL."""

    def __init__(self, databases: Mapping[str, str]) -> None:
        self._databases = databases

    def latest(self, query: TableQuery) -> str:
        with self._connection(query.connection) as connection:
            found = connection.execute(select_latest(query)).scalar()
        return _mark(found)

    def read(self, query: TableQuery) -> Iterator[bytes]:
        with self._connection(query.connection) as connection:
            frames = pd.read_sql_query(
                select_rows(query), connection, chunksize=ROWS_AT_ONCE, dtype_backend="pyarrow", coerce_float=False
            )
            for frame in frames:
                if len(frame):
                    yield _csv(frame)

    @contextmanager
    def _connection(self, name: str) -> Iterator[sa.Connection]:
        """A connection that streams. Its errors come out without their text, which may quote rows and addresses."""
        if name not in self._databases:
            known = ", ".join(self._databases) or "none"
            raise ConfigurationError("unknown_connection", f"RCM_EMR_DATABASES has no {name}; known are {known}")
        try:
            engine = sa.create_engine(self._databases[name], poolclass=sa.NullPool, hide_parameters=True)
            with engine.connect().execution_options(stream_results=True) as connection:
                yield connection
        except sa.exc.ProgrammingError:
            raise PermanentError("emr_refused", f"database {name} has no such table or column") from None
        except sa.exc.DBAPIError:
            raise TransientError("emr_unavailable", f"database {name}") from None
        except (sa.exc.SQLAlchemyError, pd.errors.DatabaseError, ImportError):
            raise PermanentError("emr_unusable", f"database {name}") from None


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


def _mark(found: date | datetime | None) -> str:
    if isinstance(found, datetime) and found.tzinfo is not None:
        found = found.astimezone(UTC).replace(tzinfo=None)
    return found.isoformat() if found is not None else ""


def _csv(frame: pd.DataFrame) -> bytes:
    """Lines without a header; a missing value is an empty cell, an instant ISO 8601, a truth value true or false."""
    return frame.apply(_as_text).to_csv(header=False, index=False, lineterminator="\n").encode()


def _as_text(column: "pd.Series[Any]") -> "pd.Series[Any]":
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.map(lambda at: at.isoformat(), na_action="ignore")
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.map({True: "true", False: "false"})
    return column
