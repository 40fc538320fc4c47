"""NLM Clinical Table Search Service, version 3: codes that begin with a text, 500 a page."""

from datetime import date

from shared.errors import PermanentError
from shared.pipeline.code_apis.page import Page, Record, read_json

KEY = "code"
PAGE_SIZE = 500
MOST_RESULTS = 7_500


def query(text: str, offset: int) -> dict[str, str]:
    return {"terms": text, "sf": "code", "df": "code,name", "count": str(PAGE_SIZE), "offset": str(offset)}


def read_page(body: bytes, on: date) -> Page:
    """The codes of an answer: `[total, codes, extra, rows of display fields]`. PermanentError for another shape.

    A total above 7,500 is refused: the service does not page beyond, so the query must be split.
    """
    answer = read_json(body)
    try:
        total, rows = int(answer[0]), answer[3]
        records = tuple(_record(code, name, on) for code, name in rows)
    except (IndexError, KeyError, TypeError, ValueError):
        raise PermanentError("unexpected_answer", "not the shape of Clinical Tables 3") from None
    if total > MOST_RESULTS:
        raise PermanentError("query_too_broad", f"more than {MOST_RESULTS} codes match")
    return Page(total, records)


def _record(code: str, name: str, on: date) -> Record:
    return {"code": code, "description": name, "confirmed_date": on.isoformat()}
