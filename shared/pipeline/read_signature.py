"""Reads a request to close a period: whose, which, and the words of who signs."""

import re

from shared.errors import RequestRefusedError
from shared.model.period import Signature
from shared.pipeline.read_request import json_object, printable

KNOWN = frozenset({"signed_by", "note"})
MOST_CHARACTERS = {"signed_by": 200, "note": 1_024}
PERIOD = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
HOSPITAL = re.compile(r"[a-z0-9_]{1,64}")


def read_signature(body: bytes) -> Signature:
    """Who signs, and their note. RequestRefusedError (400 or 413) with a stable code otherwise."""
    said = json_object(body)
    if said.keys() - KNOWN:
        raise RequestRefusedError("unknown_field", f"known fields are {', '.join(sorted(KNOWN))}")
    signed_by, note = (printable(said, name, most).strip() for name, most in MOST_CHARACTERS.items())
    if not signed_by:
        raise RequestRefusedError("signed_by_missing", "who signs")
    return Signature(signed_by, note)


def check_period(hospital: str, period: str) -> None:
    """RequestRefusedError (400) unless both are what a name and a month look like."""
    if not HOSPITAL.fullmatch(hospital):
        raise RequestRefusedError("bad_hospital", "a hospital is named as the origin of its sources")
    if not PERIOD.fullmatch(period):
        raise RequestRefusedError("bad_period", "a month as yyyy-mm")
