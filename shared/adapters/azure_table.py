"""The ledger in Azure Table Storage.

Every write carries a stamp of its own. Where an answer is lost, or the SDK's own second try meets the effect of its
first, the stamp tells this write from somebody else's (a row read back with it was written by this call).
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import batched
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableClient, TableEntity, TableServiceClient, UpdateMode

from shared.adapters.azure_access import MISSING, QUIET, credential, error_code, translate, translated
from shared.adapters.azure_table_rows import stamp_of, to_entity, to_key, to_row
from shared.adapters.system import SystemIds
from shared.adapters.table_keys import decode_key, encode_key
from shared.adapters.table_limits import MOST_ROWS, check_group, check_row
from shared.errors import ConflictError
from shared.model.commit import Commit, Row, StoredRow
from shared.ports import Ids
from shared.settings import Endpoint

SERVICE = "tables"
REFUSALS = (404, 409, 412)  # a row is gone, is there already, or has moved on
OPTIONS: dict[str, Any] = {
    "logger": QUIET,
    "connection_timeout": 5,
    "read_timeout": 30,
    "retry_total": 3,
    "retry_backoff_factor": 0.5,
    "retry_backoff_max": 8,
}

type Operation = tuple[Any, ...]


class AzureTableLedger:
    """Fulfils `Ledger`. Tables are made by whoever sets up the account: a missing one is a ConfigurationError.

    Keys with `/ \\ # ? !` or control characters are stored escaped, and sort as such.
    """

    def __init__(self, storage: Endpoint, ids: Ids | None = None) -> None:
        self._ids = ids or SystemIds()
        if storage.connection_string:
            self._service = TableServiceClient.from_connection_string(storage.connection_string, **OPTIONS)
        else:
            url = f"https://{storage.name}.table.core.windows.net"
            self._service = TableServiceClient(url, credential=credential(), **OPTIONS)

    def get(self, table: str, partition: str, key: str) -> StoredRow | None:
        with translated(SERVICE):
            entity = self._entity(table, partition, key)
        return to_row(table, entity) if entity else None

    def scan(self, table: str, partition: str, first: str = "", last: str = "") -> Iterator[StoredRow]:
        bounds = {"partition": encode_key(partition), "first": encode_key(first), "last": encode_key(last)}
        query = "PartitionKey eq @partition and RowKey ge @first" + (" and RowKey le @last" if last else "")
        with translated(SERVICE):
            for entity in self._table(table).query_entities(query, parameters=bounds):
                yield to_row(table, entity)

    def commit(self, commit: Commit) -> None:
        check_group((commit.head, *commit.inserted, *commit.written), commit.deleted)
        stamp = commit.commit_id
        operations: list[Operation] = [_head_operation(commit)]
        operations += [("create", to_entity(row, stamp)) for row in commit.inserted]
        operations += [("upsert", to_entity(row, stamp), {"mode": UpdateMode.REPLACE}) for row in commit.written]
        operations += [("delete", to_key(commit.head.partition, key)) for key in commit.deleted]
        table, witness = self._table(commit.head.table), commit.inserted[0] if commit.inserted else commit.head
        if not self._apply(lambda: table.submit_transaction(operations), witness, stamp):
            raise ConflictError("commit_conflict")

    def insert(self, row: Row) -> bool:
        check_row(row)
        stamp = self._ids.attempt_id()
        table, entity = self._table(row.table), to_entity(row, stamp)
        return self._apply(lambda: table.create_entity(entity), row, stamp)

    def insert_all(self, rows: Iterable[Row]) -> bool:
        rows = list(rows)
        if not rows:
            return True
        check_group(rows)
        stamp = self._ids.attempt_id()
        table, operations = self._table(rows[0].table), [("create", to_entity(row, stamp)) for row in rows]
        return self._apply(lambda: table.submit_transaction(operations), rows[0], stamp)

    def put(self, row: Row) -> None:
        check_row(row)
        with translated(SERVICE):
            entity = to_entity(row, self._ids.attempt_id())
            self._table(row.table).upsert_entity(entity, mode=UpdateMode.REPLACE)

    def replace(self, row: Row, etag: str) -> bool:
        check_row(row)
        stamp = self._ids.attempt_id()
        table, entity = self._table(row.table), to_entity(row, stamp)
        return self._apply(lambda: table.update_entity(entity, **_only_if(etag)), row, stamp)

    def delete(self, table: str, partition: str, keys: Iterable[str]) -> None:
        for group in batched(dict.fromkeys(keys), MOST_ROWS, strict=False):
            with translated(SERVICE):
                self._delete_group(self._table(table), [to_key(partition, key) for key in group])

    def partitions(self, table: str) -> Iterator[str]:
        latest = None
        with translated(SERVICE):
            for entity in self._table(table).list_entities(select=["PartitionKey"]):
                if entity["PartitionKey"] != latest:
                    latest = entity["PartitionKey"]
                    yield decode_key(latest)

    def _apply(self, write: Callable[[], object], witness: Row, stamp: str) -> bool:
        """Writes all or nothing: False then. The witness is one of the rows, which only this call stamps so."""
        try:
            write()
        except AzureError as error:
            with translated(SERVICE):
                found = self._entity(witness.table, witness.partition, witness.key)
            if found and stamp_of(found) == stamp:
                return True
            if getattr(error, "status_code", None) in REFUSALS and error_code(error) not in MISSING:
                return False
            raise translate(error, SERVICE) from None
        return True

    def _delete_group(self, table: TableClient, keys: list[dict[str, Any]]) -> None:
        """Deletes all at once; one by one where some are gone already, since one of those stops a group."""
        try:
            table.submit_transaction([("delete", key) for key in keys])
        except HttpResponseError as error:
            if error.status_code not in REFUSALS or error_code(error) in MISSING:
                raise
            for key in keys:
                table.delete_entity(key["PartitionKey"], key["RowKey"])

    def _entity(self, table: str, partition: str, key: str) -> TableEntity | None:
        try:
            return self._table(table).get_entity(encode_key(partition), encode_key(key))
        except ResourceNotFoundError as error:
            if error_code(error) in MISSING:
                raise
            return None

    def _table(self, table: str) -> TableClient:
        return self._service.get_table_client(table)


def _head_operation(commit: Commit) -> Operation:
    head = to_entity(commit.head, commit.commit_id)
    return ("create", head) if commit.expected is None else ("update", head, _only_if(commit.expected))


def _only_if(etag: str) -> dict[str, Any]:
    return {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": MatchConditions.IfNotModified}
