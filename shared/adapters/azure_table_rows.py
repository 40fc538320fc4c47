"""Rows of the ledger as Table Storage's entities, and back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from azure.data.tables import EdmType, EntityProperty, TableEntity

from shared.adapters.table_keys import decode_key, encode_key
from shared.adapters.table_limits import STAMP
from shared.model.commit import Row, StoredRow, Value


def to_entity(row: Row, stamp: str) -> dict[str, Any]:
    """The entity of a row, stamped. Whole numbers are always Int64, whatever their size."""
    keys = {"PartitionKey": encode_key(row.partition), "RowKey": encode_key(row.key)}
    return {**keys, **{name: _to_property(value) for name, value in row.values.items()}, STAMP: stamp}


def to_key(partition: str, key: str) -> dict[str, Any]:
    """The entity that names a row and says nothing of it."""
    return {"PartitionKey": encode_key(partition), "RowKey": encode_key(key)}


def to_row(table: str, entity: TableEntity) -> StoredRow:
    """The row of an entity, without its stamp."""
    values = {name: _to_value(value) for name, value in entity.items() if name not in ("PartitionKey", "RowKey", STAMP)}
    etag = str(entity.metadata["etag"])
    return StoredRow(table, decode_key(entity["PartitionKey"]), decode_key(entity["RowKey"]), values, etag)


def stamp_of(entity: Mapping[str, Any]) -> str:
    return str(entity.get(STAMP, ""))


def _to_property(value: Value) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return EntityProperty(value, EdmType.INT64)
    return value


def _to_value(value: Any) -> Value:
    if isinstance(value, EntityProperty):
        return int(value.value)
    if isinstance(value, datetime):
        return datetime.fromtimestamp(value.timestamp(), UTC).replace(microsecond=value.microsecond)
    return value  # type: ignore[no-any-return]  # text or truth: nothing else was ever written
