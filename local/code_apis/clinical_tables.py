"""NLM's Clinical Table Search Service 3 for ICD-10-CM: `[total, codes, extra, rows of display fields]`."""

from collections.abc import Mapping
from typing import Any

from local.code_apis.icd_10_cm import TITLES, is_billable

MOST_COUNT = 3  # the service gives 500; a table this small has pages too


def answer(query: Mapping[str, str]) -> list[Any]:
    """How many billable codes begin with the terms, and a page of them. KeyError without `terms`."""
    terms = query["terms"].upper()
    count = min(int(query.get("count") or query.get("maxList") or MOST_COUNT), MOST_COUNT)
    offset = int(query.get("offset", "0"))
    found = [code for code in TITLES if code.startswith(terms) and is_billable(code)]
    page = found[offset : offset + count]
    return [len(found), page, None, [[code, TITLES[code]] for code in page]]
