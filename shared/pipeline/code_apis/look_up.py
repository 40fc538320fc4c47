"""Asks a code API, whichever it is, for all that belongs to a text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from shared.model.code_set import CodeApi
from shared.pipeline.code_apis import clinical_tables, nppes
from shared.pipeline.code_apis.page import Page, Record, collect_pages

type Get = Callable[[Mapping[str, str]], bytes]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an API is asked and understood; `missing` makes the record of a code that it does not know, if any."""

    key: str
    query: Callable[[str, int], Mapping[str, str]]
    read_page: Callable[[bytes, date], Page]
    missing: Callable[[str, date], Record] | None


DIALECTS = {
    CodeApi.NPPES: Dialect(nppes.KEY, nppes.query, nppes.read_page, nppes.missing),
    CodeApi.CLINICAL_TABLES: Dialect(clinical_tables.KEY, clinical_tables.query, clinical_tables.read_page, None),
}


def look_up(api: CodeApi, get: Get, text: str, on: date) -> list[Record]:
    """Every record of a query, page by page; `get` sends the query's parameters and returns the body."""
    dialect = DIALECTS[api]
    return collect_pages(lambda offset: dialect.read_page(get(dialect.query(text, offset)), on), dialect.key)


def look_up_code(api: CodeApi, get: Get, code: str, on: date) -> list[Record]:
    """The one record of a code; of a code that the API does not know, that it is missing, or none."""
    dialect = DIALECTS[api]
    found = [record for record in look_up(api, get, code, on) if record[dialect.key] == code]
    return found or ([dialect.missing(code, on)] if dialect.missing else [])
