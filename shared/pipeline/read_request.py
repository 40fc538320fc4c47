"""Reads the body of a reprocess or withdraw request. Only opaque ids and listed names pass; no path reaches a store."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.errors import RequestRefusedError
from shared.model.request import Selection

MOST_BYTES = 64 * 1024
MOST_IDS = 400  # more of them than 32 KiB, what a column of a table takes, could not be written down
MOST_KEY_CHARACTERS = 200
MOST_CHARACTERS = 1_024
KNOWN = frozenset(
    {"file_version_ids", "path_prefix", "source_id", "from", "to", "databricks_run", "dry_run", "release"}
)
WAYS = ("file_version_ids", "path_prefix", "source_id", "databricks_run")
HEX64 = re.compile(r"[0-9a-f]{64}")


def read_request(body: bytes) -> tuple[Selection, bool]:
    """The selection and whether it is a dry run. RequestRefusedError (400 or 413) with a stable code otherwise."""
    said = json_object(body)
    unknown = sorted(said.keys() - KNOWN)
    if unknown:
        raise RequestRefusedError("unknown_field", f"known fields are {', '.join(sorted(KNOWN))}")
    if sum(bool(said.get(way)) for way in WAYS) != 1:
        raise RequestRefusedError("selection_not_clear", f"name exactly one of {', '.join(WAYS)}")
    selection = Selection(
        file_version_ids=_ids(said.get("file_version_ids", [])),
        path_prefix=printable(said, "path_prefix"),
        source_id=printable(said, "source_id"),
        first_day=_day(said, "from"),
        last_day=_day(said, "to"),
        databricks_run=_token(said),
        is_release=_flag(said, "release"),
    )
    return selection, _flag(said, "dry_run")


def check_headers(content_type: str, idempotency_key: str) -> None:
    """RequestRefusedError where a body can't be JSON by its own word, or a key is no key."""
    if content_type.partition(";")[0].strip().lower() not in ("application/json", ""):
        raise RequestRefusedError("not_json_content_type", "send application/json", 415)
    if len(idempotency_key) > MOST_KEY_CHARACTERS:
        raise RequestRefusedError("idempotency_key_too_long", f"at most {MOST_KEY_CHARACTERS} characters")


def json_object(body: bytes) -> Mapping[str, Any]:
    """The JSON object in the body of a request. RequestRefusedError (400 or 413) where it holds none."""
    if len(body) > MOST_BYTES:
        raise RequestRefusedError("body_too_large", f"at most {MOST_BYTES} bytes", 413)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestRefusedError("body_not_json") from None
    if not isinstance(said, dict):
        raise RequestRefusedError("body_not_object")
    return said


def _ids(said: object) -> tuple[str, ...]:
    if not isinstance(said, list) or len(said) > MOST_IDS:
        raise RequestRefusedError("bad_file_version_ids", f"a list of at most {MOST_IDS} ids")
    if not all(isinstance(item, str) and HEX64.fullmatch(item) for item in said):
        raise RequestRefusedError("bad_file_version_id", "64 lower-case hex digits each")
    return tuple(dict.fromkeys(said))


def _token(said: Mapping[str, Any]) -> str:
    token = printable(said, "databricks_run")
    if token and not HEX64.fullmatch(token):
        raise RequestRefusedError("bad_databricks_run", "a run is named by its token: 64 lower-case hex digits")
    return token


def printable(said: Mapping[str, Any], name: str, most: int = MOST_CHARACTERS) -> str:
    """The text under a name, "" where there is none. RequestRefusedError where it is none or longer than `most`."""
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise RequestRefusedError(f"bad_{name}", f"printable text of at most {most:,} characters")
    return value


def _day(said: Mapping[str, Any], name: str) -> date | None:
    if name not in said:
        return None
    try:
        return date.fromisoformat(printable(said, name))
    except ValueError:
        raise RequestRefusedError(f"bad_{name}", "a day as yyyy-mm-dd") from None


def _flag(said: Mapping[str, Any], name: str) -> bool:
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise RequestRefusedError(f"bad_{name}", "true or false")
    return value
