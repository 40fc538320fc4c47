"""EMR databases over SQLAlchemy: Azure SQL in Azure, PostgreSQL or SQLite elsewhere.

Azure SQL is reached with the app's identity: `mssql+mssqlpython://<server>/<database>?Authentication=ActiveDirectoryMSI`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from shared.adapters.emr_statements import select_latest, select_rows
from shared.errors import ConfigurationError, PermanentError, TransientError
from shared.model.table_query import TableQuery

ROWS_AT_ONCE = 20_000


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
