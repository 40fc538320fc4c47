"""Answers of the code APIs in their recorded shapes, and shapes that they must not have."""

import json
from datetime import date
from typing import Any

import pytest

from shared.errors import PermanentError, TransientError
from shared.pipeline.code_apis import clinical_tables, nppes
from shared.pipeline.code_apis.page import Page, collect_pages

TODAY = date(2026, 1, 31)
PERSON: dict[str, Any] = {
    "created_epoch": "1117497600000",
    "enumeration_type": "NPI-1",
    "last_updated_epoch": "1183852800000",
    "number": "1234567893",
    "addresses": [],
    "practiceLocations": [],
    "basic": {
        "first_name": "ADA",
        "last_name": "LOVELACE",
        "credential": "M.D.",
        "sole_proprietor": "NO",
        "enumeration_date": "2005-05-31",
        "last_updated": "2007-07-08",
        "status": "A",
    },
    "taxonomies": [
        {"code": "282N00000X", "desc": "Hospital", "primary": False},
        {"code": "207Q00000X", "desc": "Family Medicine", "primary": True},
    ],
    "identifiers": [],
    "endpoints": [],
    "other_names": [],
}


def body(answer: object) -> bytes:
    return json.dumps(answer).encode()


def found(*providers: dict[str, Any]) -> bytes:
    return body({"result_count": len(providers), "results": list(providers)})


def test_a_person_s_answer_becomes_one_flat_record() -> None:
    assert nppes.read_page(found(PERSON), TODAY).records == (
        {
            "npi": "1234567893",
            "entity_type": "individual",
            "first_name": "ADA",
            "last_name": "LOVELACE",
            "taxonomy_code": "207Q00000X",
            "status": "active",
            "enumeration_date": "2005-05-31",
            "last_updated": "2007-07-08",
            "confirmed_date": "2026-01-31",
        },
    )


def test_an_empty_answer_is_a_real_not_found() -> None:
    assert nppes.read_page(found(), TODAY) == Page(0, ())
    assert nppes.missing("1234567893", TODAY)["status"] == "not_found"


def test_an_answer_with_errors_is_a_failure_whatever_its_status() -> None:
    errors = {"Errors": [{"description": "No valid search criteria provided", "field": "", "number": "04"}]}
    with pytest.raises(PermanentError, match="answer_with_errors"):
        nppes.read_page(body(errors), TODAY)


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"[" * 100_000,
        b"",
        body([]),
        body({}),
        body({"result_count": 1, "results": None}),
        body({"result_count": "many", "results": []}),
        found({**PERSON, "enumeration_type": "NPI-3"}),
        found({**PERSON, "basic": {**PERSON["basic"], "status": "X"}}),
        found({key: value for key, value in PERSON.items() if key != "basic"}),
    ],
)
def test_another_shape_than_the_documented_one_is_a_failure(answer: bytes) -> None:
    with pytest.raises(PermanentError, match="unexpected_answer"):
        nppes.read_page(answer, TODAY)


def test_a_full_page_of_nppes_does_not_say_what_is_left() -> None:
    with pytest.raises(PermanentError, match="query_too_broad"):
        nppes.read_page(body({"result_count": 200, "results": []}), TODAY)


def test_clinical_tables_answers_become_records() -> None:
    page = clinical_tables.read_page(body([1, ["I10"], None, [["I10", "Essential (primary) hypertension"]]]), TODAY)
    record = {"code": "I10", "description": "Essential (primary) hypertension", "confirmed_date": "2026-01-31"}
    assert page == Page(1, (record,))


@pytest.mark.parametrize(
    "answer", [b"<html>", body({}), body([1]), body([1, [], None, [["I10"]]]), body([1, [], None, 3])]
)
def test_another_shape_of_clinical_tables_is_a_failure(answer: bytes) -> None:
    with pytest.raises(PermanentError, match="unexpected_answer"):
        clinical_tables.read_page(answer, TODAY)


def test_more_than_the_service_pages_through_is_refused() -> None:
    with pytest.raises(PermanentError, match="query_too_broad"):
        clinical_tables.read_page(body([7501, [], None, []]), TODAY)


def pages(*given: Page) -> list[dict[str, str]]:
    waiting = list(given)

    def fetch(offset: int) -> Page:
        return waiting.pop(0)

    return collect_pages(fetch, "code")


def page(total: int, *codes: str) -> Page:
    return Page(total, tuple({"code": code} for code in codes))


def test_pages_are_joined_until_the_total_is_reached() -> None:
    assert [each["code"] for each in pages(page(3, "a", "b"), page(3, "c"))] == ["a", "b", "c"]
    assert pages(page(0)) == []


@pytest.mark.parametrize(
    "given",
    [
        (page(3, "a", "b"), page(4, "c")),
        (page(3, "a", "b"), page(3)),
        (page(3, "a", "b"), page(3, "b")),
        (page(3, "a", "b"), page(3, "c", "d")),
        (page(2, "a", "a"),),
    ],
    ids=["another total", "an empty page", "a repeated record", "too many", "a repeat within a page"],
)
def test_a_set_that_changed_while_it_was_read_is_not_taken(given: tuple[Page, ...]) -> None:
    with pytest.raises(TransientError):
        pages(*given)
