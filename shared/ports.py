"""What the flows need of the world, by role. Adapters and fakes fulfil these and pass the same contract suites."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from shared.metadata import Metadata
from shared.model.commit import Commit, Row, StoredRow
from shared.model.databricks_run import ReportedState
from shared.model.dead_letter import DeadLetter
from shared.model.events import Message
from shared.model.file_version import BlobVersion
from shared.model.source import SourceDefinition
from shared.model.table_query import TableQuery
from shared.settings import Settings

if TYPE_CHECKING:  # pyarrow is heavy: only a flow that checks records pays for it
    from shared.pipeline.check import RecordChecker


class ByteSink(Protocol):
    """Takes bytes in order."""

    def write(self, data: bytes) -> object: ...


class FileStore(Protocol):
    """Blobs by container and name. Transient faults raise TransientError; sizes are bytes; memory stays bounded."""

    @property
    def account(self) -> str:
        """The account that holds them: a part of each version's identity."""

    def describe(self, container: str, name: str) -> BlobVersion | None:
        """What is there now, or None."""

    def list(self, container: str, prefix: str = "") -> Iterator[BlobVersion]:
        """All blobs under a prefix by name, page by page."""

    def read(self, container: str, name: str, etag: str | None = None) -> Iterator[bytes]:
        """The bytes in chunks. With `etag` exactly that version: VersionChangedError otherwise, also midway.

        FileGoneError where there is none. A short read raises TransientError, never ends as if complete.
        """

    def read_range(self, container: str, name: str, start: int, length: int, etag: str | None = None) -> bytes:
        """So many bytes from `start` on, fewer where the blob ends; else as `read`. `start` lies within the blob."""

    def stage(self, container: str, name: str) -> AbstractContextManager[ByteSink]:
        """Writes block by block; nothing is visible before the block ends without an exception. Overwrites.

        A sink that nothing was written to leaves no blob. Of two sinks for one name the blob is wholly of one, and the
        other may raise ConflictError.
        """

    def create(self, container: str, name: str, data: bytes) -> bool:
        """Writes the blob unless there is one of that name; False then, and nothing changes."""

    def archive(self, version: BlobVersion, container: str, name: str) -> bool:
        """Copies exactly this version, create-only; False when `name` was there already.

        VersionChangedError or FileGoneError when the version is no longer what stands in its place.
        """

    def delete(self, container: str, name: str) -> None:
        """Takes the blob away; nothing happens where there is none."""


class Ledger(Protocol):
    """Rows in tables. Reading is by partition; writing what counts is by `commit`."""

    def get(self, table: str, partition: str, key: str) -> StoredRow | None: ...

    def scan(self, table: str, partition: str, first: str = "", last: str = "") -> Iterator[StoredRow]:
        """Rows of one partition by key, `first` and `last` inclusive ("" = open)."""

    def commit(self, commit: Commit) -> None:
        """Writes all or nothing. ConflictError when the head moved or an inserted row exists.

        An answer lost on the way is resolved by `commit_id`: returns when this very commit had been applied.
        """

    def insert(self, row: Row) -> bool:
        """Insert-only; False when the row exists."""

    def insert_all(self, rows: Iterable[Row]) -> bool:
        """All rows (one partition, at most 100) or, where one exists, none: False then."""

    def put(self, row: Row) -> None:
        """Writes a projection row whatever it said before."""

    def replace(self, row: Row, etag: str) -> bool:
        """Replaces a row under its ETag; False when it moved on."""

    def delete(self, table: str, partition: str, keys: Iterable[str]) -> None:
        """Deletes rows of one partition, any number; absent ones are no fault."""

    def partitions(self, table: str) -> Iterator[str]:
        """Every partition of a table: a full scan, for rebuilding and verifying only."""


class MessageSender(Protocol):
    """Puts messages on queues by name; returns once the bus has accepted them."""

    def send(self, queue: str, messages: Iterable[Message]) -> None: ...


class DeadLetters(Protocol):
    """Messages that queues put aside. A queue that is not there raises ConfigurationError."""

    def peek(self, queue: str, after: int = 0, most: int = 100) -> list[DeadLetter]:
        """Up to `most` of them with sequence numbers above `after`, in their order; all stay where they are."""

    def resubmit(self, queue: str, sequence_numbers: Collection[int]) -> int:
        """Sends these again under `resubmitted_id` and lets them go; how many. Those that are gone are no fault."""

    def drop(self, queue: str, sequence_numbers: Collection[int]) -> int:
        """Lets these go for good; how many."""


class LakehouseJobs(Protocol):
    """Databricks' jobs by our name of them."""

    def start(self, databricks_job: str, token: str, parameters: Mapping[str, str]) -> int:
        """Starts a run, or returns the one that this token started before; its databricks_run_id."""

    def state(self, databricks_run_id: int) -> ReportedState | None:
        """How a run stands, or None when its history is gone."""

    def cancel(self, databricks_run_id: int) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The UTC instant."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never backwards."""


class Ids(Protocol):
    def attempt_id(self) -> str:
        """Random, 32 hex digits: names staged files and commit tries, nothing else."""


class EmrReader(Protocol):
    """Tables of the hospitals' SQL databases. A database out of reach raises TransientError."""

    def latest(self, query: TableQuery) -> str:
        """The greatest watermark in the query's range, ISO text; "" where there is none."""

    def read(self, query: TableQuery) -> Iterator[bytes]:
        """The rows in order as CSV lines without a header, some thousand at once; a missing value is an empty cell."""


class CodeSetReader(Protocol):
    """Code APIs over HTTP, through the allow-list of origins."""

    def get(self, origin: str, path: str, query: Mapping[str, str]) -> bytes:
        """The body of a 200. FileGoneError for 404 and 410, ThrottledError with the wait that was asked for,
        TransientError for other failures of the service, PermanentError for other refusals and what is not allowed."""


class Ports(Protocol):
    """Everything a flow may ask for; fulfilled by `bootstrap.Services` and by the test kit."""

    def __hash__(self) -> int:
        """By identity, so that what was read through it can be remembered with it."""

    @property
    def files(self) -> FileStore: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def sender(self) -> MessageSender: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def jobs(self) -> LakehouseJobs: ...
    @property
    def emr(self) -> EmrReader: ...
    @property
    def code_apis(self) -> CodeSetReader: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def metadata(self) -> Metadata: ...
    @property
    def settings(self) -> Settings: ...

    def checker(self, source: SourceDefinition) -> "RecordChecker":
        """The checks of a source's records, compiled once."""
