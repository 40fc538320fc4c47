"""Reads what the lakehouse traced of an edition: its run's document, and Parquet files by hospital and period."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from shared.errors import RequestRefusedError
from shared.flows.read_published import PUBLISHED, published_document
from shared.ports import Ports

if TYPE_CHECKING:
    import pyarrow.parquet as pq

DOCUMENT = "trace.json"
PARQUET = ".parquet"


def trace_document(ports: Ports, token: str) -> Mapping[str, Any]:
    """RequestRefusedError 404 until what the run published is traced whole: that comes after its figures."""
    try:
        return dict(published_document(ports, token, DOCUMENT))
    except RequestRefusedError:
        raise RequestRefusedError("not_traced", "the edition's task trace has not ended", status=404) from None


@contextmanager
def traced_files(ports: Ports, trace_id: str, *folders: str) -> Iterator[list["pq.ParquetFile"]]:
    """The files of a folder in their order, opened; none where there is nothing."""
    from shared.pipeline.ranged_parquet import open_parquet

    prefix = f"trace/{trace_id}/{'/'.join(folders)}/"
    with ExitStack() as opened:
        yield [
            opened.enter_context(open_parquet(partial(_range, ports, blob.name, blob.etag), blob.length))
            for blob in ports.files.list(PUBLISHED, prefix)
            if blob.name.endswith(PARQUET)
        ]


def _range(ports: Ports, name: str, etag: str, start: int, length: int) -> bytes:
    return ports.files.read_range(PUBLISHED, name, start, length, etag)
