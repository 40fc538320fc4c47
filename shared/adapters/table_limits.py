"""What Azure Table Storage refuses, refused before it is sent: emulators are more patient than Azure.

Figures: "Understanding the Table service data model" and "Performing entity group transactions" in Azure's
documentation.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime

from shared.adapters.table_keys import encode_key, utf16_length
from shared.errors import PermanentError
from shared.model.commit import Row, Value

MOST_ROWS = 100
MOST_GROUP_BYTES = 4 * 1024 * 1024
MOST_ROW_BYTES = 1024 * 1024
MOST_PROPERTIES = 252
MOST_TEXT_CHARACTERS = 32 * 1024
SMALLEST_INTEGER, LARGEST_INTEGER = -(2**63), 2**63 - 1
FIRST_YEAR = 1601
PROPERTY_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
STAMP = "commit_id"  # ours: names the try that wrote the row, and is no part of what the row says
RESERVED = frozenset({"PartitionKey", "RowKey", "Timestamp", STAMP})
ENVELOPE_BYTES = 1024  # what surrounds one row in a group on the wire, generously


def check_row(row: Row) -> None:
    """PermanentError for a row that Azure would refuse; the text names the property, never its value."""
    if len(row.values) >= MOST_PROPERTIES:
        raise PermanentError("row_refused", f"more than {MOST_PROPERTIES} properties")
    for name, value in row.values.items():
        if not PROPERTY_NAME.fullmatch(name) or name in RESERVED:
            raise PermanentError("row_refused", f"{name} is no name for a property")
        _check_value(name, value)
    if _row_bytes(row) > MOST_ROW_BYTES:
        raise PermanentError("row_too_large", f"more than {MOST_ROW_BYTES} bytes")


def check_group(rows: Iterable[Row], deleted: Iterable[str] = ()) -> None:
    """PermanentError for a group that Azure would refuse: too many rows or bytes, two partitions, a row twice."""
    rows, deleted = list(rows), list(deleted)
    keys = [row.key for row in rows] + deleted
    if len(keys) > MOST_ROWS:
        raise PermanentError("group_too_large", f"more than {MOST_ROWS} rows")
    if len(set(keys)) < len(keys):
        raise PermanentError("group_refused", "a row twice")
    if len({(row.table, row.partition) for row in rows}) > 1:
        raise PermanentError("group_refused", "more than one partition")
    for row in rows:
        check_row(row)
    if sum(map(_wire_bytes, rows)) + ENVELOPE_BYTES * len(keys) > MOST_GROUP_BYTES:
        raise PermanentError("group_too_large", f"more than {MOST_GROUP_BYTES} bytes")


def _check_value(name: str, value: Value) -> None:
    if isinstance(value, str):
        fits = utf16_length(value) <= MOST_TEXT_CHARACTERS
    elif isinstance(value, datetime):
        fits = value.tzinfo is not None and value.year >= FIRST_YEAR
    else:
        fits = SMALLEST_INTEGER <= value <= LARGEST_INTEGER
    if not fits:
        raise PermanentError("row_refused", f"the value of {name} does not fit")


def _row_bytes(row: Row) -> int:
    """The row's size by Azure's own formula."""
    keys = 2 * (utf16_length(encode_key(row.partition)) + utf16_length(encode_key(row.key)))
    return 4 + keys + sum(8 + 2 * len(name) + _value_bytes(value) for name, value in row.values.items())


def _value_bytes(value: Value) -> int:
    return 4 + 2 * utf16_length(value) if isinstance(value, str) else 8


def _wire_bytes(row: Row) -> int:
    return len(json.dumps(dict(row.values), default=str))
