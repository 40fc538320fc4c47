"""What stands at a blob's place now, asked of the blob itself: services differ in which refusal they name first."""

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobProperties

from shared.adapters.azure_access import MISSING, error_code
from shared.errors import FileGoneError, RcmError, TransientError, VersionChangedError
from shared.model.file_version import normalise_etag


def look(blob: BlobClient) -> BlobProperties | None:
    """The blob's properties, or None where there is no blob."""
    try:
        return blob.get_blob_properties()
    except ResourceNotFoundError as error:
        if error_code(error) in MISSING:
            raise
        return None


def why_refused(blob: BlobClient, etag: str | None) -> RcmError:
    """Why a version could not be had: it is gone, another stands there, or it is there and another try may do."""
    now = look(blob)
    if now is None:
        return FileGoneError("file_gone")
    if normalise_etag(now.etag) != etag:
        return VersionChangedError("version_changed")
    return TransientError("version_refused")
