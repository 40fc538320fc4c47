"""Uploads a blob block by block while it is written; the list of blocks, put last, makes it visible."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobBlock, BlobClient, ContentSettings

from shared.adapters.azure_access import error_code, translated
from shared.adapters.azure_blob_read import BLOCK_BYTES
from shared.adapters.system import SystemIds
from shared.errors import ConflictError

OVERTAKEN = "InvalidBlockList"  # a blob that becomes visible takes the blocks of other lists with it


class BlockSink:
    """Holds at most three blocks: one that fills, one that waits, one on its way.

    Its blocks have ids of their own: of two sinks for one blob neither can put the other's blocks into its list.
    """

    def __init__(self, blob: BlobClient, settings: ContentSettings, pool: ThreadPoolExecutor) -> None:
        self._blob = blob
        self._settings = settings
        self._pool = pool
        self._filling = bytearray()
        self._sink_id = SystemIds().attempt_id()
        self._block_ids: list[str] = []
        self._on_its_way: Future[object] | None = None

    def write(self, data: bytes) -> int:
        """Takes any buffer of bytes. Raises the fault that an earlier block met on its way."""
        view = memoryview(data).cast("B")
        for start in range(0, len(view), BLOCK_BYTES):
            self._filling += view[start : start + BLOCK_BYTES]
            if len(self._filling) >= BLOCK_BYTES:
                self._send_block()
        return len(view)

    def finish(self) -> None:
        """Makes what was written visible, all at once; where nothing was, there is no blob."""
        if not self._block_ids and not self._filling:
            return
        if not self._block_ids:
            self._blob.upload_blob(bytes(self._filling), overwrite=True, content_settings=self._settings)
            return
        self._send_block()
        self._settle()
        blocks = [BlobBlock(block_id) for block_id in self._block_ids]
        try:
            self._blob.commit_block_list(blocks, content_settings=self._settings)
        except HttpResponseError as error:
            if error_code(error) == OVERTAKEN:
                raise ConflictError("staged_by_another") from None
            raise

    def _send_block(self) -> None:
        if not self._filling:
            return
        self._settle()
        block, self._filling = bytes(self._filling), bytearray()
        self._block_ids.append(f"{self._sink_id}-{len(self._block_ids):08d}")
        self._on_its_way = self._pool.submit(self._blob.stage_block, self._block_ids[-1], block)

    def _settle(self) -> None:
        if self._on_its_way:
            self._on_its_way.result()


@contextmanager
def staged_blob(blob: BlobClient, settings: ContentSettings) -> Iterator[BlockSink]:
    """A sink whose bytes become the blob when the block ends well. What an exception leaves behind nobody sees."""
    with translated("storage"), ThreadPoolExecutor(1, thread_name_prefix="stage") as pool:
        sink = BlockSink(blob, settings, pool)
        yield sink
        sink.finish()
