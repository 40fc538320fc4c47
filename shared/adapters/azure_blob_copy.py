"""Copies one version of a blob inside the account, without its bytes passing through here."""

import time

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobClient

from shared.adapters.azure_access import MISSING, error_code
from shared.adapters.azure_blob_versions import look, why_refused
from shared.errors import TransientError

LONGEST_WAIT_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.2


def copy_version(source: BlobClient, etag: str, target: BlobClient) -> bool:
    """True when the version was copied, False when the target was there already. No half of a copy is left behind.

    Raises VersionChangedError or FileGoneError where there is nothing to copy.
    """
    try:
        begun = target.start_copy_from_url(
            source.url,
            match_condition=MatchConditions.IfMissing,
            source_etag=f'"{etag}"',
            source_match_condition=MatchConditions.IfNotModified,
        )
    except (ResourceExistsError, ResourceModifiedError, ResourceNotFoundError) as error:
        if error_code(error) in MISSING:
            raise
        if look(target) is None:
            raise why_refused(source, etag) from None
        _settle(source, etag, target)
        return False
    if begun["copy_status"] != "success":
        _settle(source, etag, target)
    return True


def _settle(source: BlobClient, etag: str, target: BlobClient) -> None:
    """Waits until the copy has ended; takes a failed one away, so that the next try finds no half of a file."""
    give_up_at = time.monotonic() + LONGEST_WAIT_SECONDS
    while (copied := look(target)) and copied.copy.status == "pending":
        if time.monotonic() > give_up_at:
            raise TransientError("copy_pending")
        time.sleep(LOOK_EVERY_SECONDS)
    if copied is None:
        raise TransientError("copy_gone")
    if copied.copy.status in ("failed", "aborted"):
        target.delete_blob(etag=copied.etag, match_condition=MatchConditions.IfNotModified)
        raise why_refused(source, etag)
