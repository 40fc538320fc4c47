"""report_persons: pairs of patients that wait for a person's word, and the patients of a person, as last published."""

import re
from collections.abc import Mapping

from shared.errors import RequestRefusedError
from shared.flows.read_published import current_edition, published_document
from shared.ports import Ports

REVIEW = "match_review.json"
PERSON_ID = re.compile(r"[0-9a-f]{32}")
FILTERS = frozenset({"limit", "reason"})
USUAL, MOST = 50, 1_000


def list_reviews(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """`waiting`: how many pairs wait; `pairs`: the heaviest of them (`reason=`, `limit=` up to 1,000)."""
    if query.keys() - FILTERS - {"code"}:
        raise RequestRefusedError("unknown_filter", f"known filters are {', '.join(sorted(FILTERS))}")
    limit, reason = _limit(query.get("limit", "")), query.get("reason")
    edition = current_edition(ports)
    document = published_document(ports, str(edition["edition"]), REVIEW)
    pairs = [pair for pair in document["pairs"] if reason in (None, pair["reason"])]
    return {**edition, "waiting": document["waiting"], "pairs": pairs[:limit]}


def show_person(ports: Ports, person_id: str) -> dict[str, object]:
    """Every patient that is or was of the person: since, until, by what, by whom.

    404 for a person of one record that never was with another: nothing but the record itself is known of them.
    """
    if not PERSON_ID.fullmatch(person_id):
        raise RequestRefusedError("bad_person_id", "32 lower-case hex digits")
    edition = current_edition(ports)
    try:
        persons = published_document(ports, str(edition["edition"]), f"persons/shard={person_id[:2]}")
    except RequestRefusedError:
        persons = {}
    if person_id not in persons:
        raise RequestRefusedError("unknown_person", status=404)
    return {**edition, "person_id": person_id, "members": persons[person_id]}


def _limit(text: str) -> int:
    if text and not (text.isdecimal() and 1 <= int(text) <= MOST):
        raise RequestRefusedError("bad_limit", f"a number from 1 to {MOST:,}")
    return int(text or USUAL)
