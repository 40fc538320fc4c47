"""Reads an Event Grid event of Blob Storage as a hint: which path in landing to look at. Unknown fields are ignored."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from shared.model.file_version import LANDING, ArrivalHint

CREATED = "Microsoft.Storage.BlobCreated"
RENAMED = "Microsoft.Storage.BlobRenamed"
FINAL = frozenset({"PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose", "SftpCommit", ""})
SUBJECT = f"/blobServices/default/containers/{LANDING}/blobs/"


def read_event(event_type: str, subject: str, data: object) -> ArrivalHint | None:
    """The hint, or None for an event that is none of ours: another container, or an upload that is not final yet."""
    if not isinstance(data, Mapping):
        return None
    if event_type == RENAMED:
        name = _name_in_landing(data.get("destinationUrl"))
        return ArrivalHint(name) if name else None
    if event_type != CREATED or data.get("api", "") not in FINAL or not subject.startswith(SUBJECT):
        return None
    name = subject.removeprefix(SUBJECT)
    return ArrivalHint(name, _text(data.get("eTag")) or None, _text(data.get("sequencer"))) if name else None


def _name_in_landing(url: object) -> str:
    """The blob's name in a URL of the `blob` or the `dfs` host; "" for another container."""
    try:
        path = unquote(urlsplit(_text(url)).path)
    except ValueError:  # no URL at all
        return ""
    account_and_container = path.split("/")
    if LANDING not in account_and_container[:3]:
        return ""
    return "/".join(account_and_container[account_and_container.index(LANDING) + 1 :])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
