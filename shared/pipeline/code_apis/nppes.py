"""NPPES NPI Registry API, version 2.1: one provider by number."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.errors import PermanentError
from shared.pipeline.code_apis.page import Page, Record, read_json

KEY = "npi"
PAGE_SIZE = 200
_ENTITY_TYPES = {"NPI-1": "individual", "NPI-2": "organization"}
_STATUSES = {"A": "active", "D": "deactivated"}


def query(text: str, offset: int) -> dict[str, str]:
    return {"version": "2.1", "number": text, "limit": str(PAGE_SIZE), "skip": str(offset)}


def read_page(body: bytes, on: date) -> Page:
    """The providers of an answer. PermanentError for status 200 with `Errors`, and for another shape."""
    answer = read_json(body)
    if isinstance(answer, dict) and answer.get("Errors"):
        raise PermanentError("answer_with_errors", "NPPES refused the query")
    try:
        records = tuple(_record(found, on) for found in answer["results"])
        count = int(answer["result_count"])
    except (KeyError, TypeError, ValueError):
        raise PermanentError("unexpected_answer", "not the shape of NPPES 2.1") from None
    if count >= PAGE_SIZE:
        raise PermanentError("query_too_broad", "NPPES does not say how many more there are")
    return Page(count, records)


def missing(text: str, on: date) -> Record:
    """What is known of a number that NPPES has not."""
    return {"npi": text, "status": "not_found", "confirmed_date": on.isoformat()}


def _record(found: Mapping[str, Any], on: date) -> Record:
    basic = found["basic"]
    said = {
        "npi": str(found["number"]),
        "entity_type": _ENTITY_TYPES[found["enumeration_type"]],
        "organization_name": basic.get("organization_name"),
        "first_name": basic.get("first_name"),
        "last_name": basic.get("last_name"),
        "taxonomy_code": _primary_taxonomy(found.get("taxonomies", ())),
        "status": _STATUSES[basic["status"]],
        "enumeration_date": basic.get("enumeration_date"),
        "last_updated": basic.get("last_updated"),
        "confirmed_date": on.isoformat(),
    }
    return {name: value for name, value in said.items() if value}


def _primary_taxonomy(taxonomies: Any) -> str | None:
    return next((taxonomy["code"] for taxonomy in taxonomies if taxonomy.get("primary")), None)
