import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import PermanentError, RequestRefusedError
from shared.pipeline.read_message import read_message
from shared.pipeline.read_query import read_query
from shared.pipeline.read_request import read_request

ID = "a" * 64


def refusal(body: bytes) -> RequestRefusedError:
    with pytest.raises(RequestRefusedError) as caught:
        read_request(body)
    return caught.value


def test_ids_are_read_once_each_in_order() -> None:
    selection, is_dry_run = read_request(json.dumps({"file_version_ids": [ID, "b" * 64, ID], "dry_run": True}).encode())
    assert selection.file_version_ids == (ID, "b" * 64)
    assert is_dry_run


@pytest.mark.parametrize(
    "odd", ["../x", "%2e%2e%2f", "..%5c", "\x00", "https://elsewhere/x", ID.upper(), ID + "0", "", ID[:-1] + "\n"]
)
def test_only_opaque_ids_pass(odd: str) -> None:
    assert refusal(json.dumps({"file_version_ids": [odd]}).encode()).code == "bad_file_version_id"


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "body_not_json", 400),
        (b"[" * 60_000, "body_not_json", 400),
        (b"[1]", "body_not_object", 400),
        (b"{}", "selection_not_clear", 400),
        (b'{"file_version_ids": [], "path_prefix": ""}', "selection_not_clear", 400),
        (b'{"source_id": "a", "path_prefix": "b"}', "selection_not_clear", 400),
        (b'{"source_id": "a", "colour": "b"}', "unknown_field", 400),
        (b'{"source_id": 3}', "bad_source_id", 400),
        (b'{"source_id": "a", "from": "yesterday"}', "bad_from", 400),
        (b'{"source_id": "a", "dry_run": "yes"}', "bad_dry_run", 400),
        (b'{"databricks_run": "12"}', "bad_databricks_run", 400),
        (b" " * 70_000, "body_too_large", 413),
    ],
)
def test_each_wrong_body_has_one_code(body: bytes, code: str, status: int) -> None:
    refused = refusal(body)
    assert (refused.code, refused.status) == (code, status)


VALUES = st.recursive(st.none() | st.booleans() | st.text() | st.floats(), st.lists)
BODIES = st.binary(max_size=400) | VALUES.map(lambda value: json.dumps(value).encode())


@given(BODIES)
def test_no_body_does_more_than_be_refused(body: bytes) -> None:
    with suppress(RequestRefusedError):
        selection, _ = read_request(body)
        assert selection.text()


@given(BODIES)
def test_no_message_does_more_than_be_parked(body: bytes) -> None:
    with suppress(PermanentError):
        assert isinstance(read_message(body)["type"], str)


def test_a_deep_or_long_message_is_parked_at_once() -> None:
    for body in (b"[" * 8_000, b'{"type":"' + b"x" * 9_000 + b'"}'):
        with pytest.raises(PermanentError, match="bad_message"):
            read_message(body)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "x"},
        {"status": "?"},
        {"day": "1"},
        {"page": "../x"},
        {"q": "1"},
        {"source_id": "x" * 600},
    ],
)
def test_an_odd_filter_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(RequestRefusedError):
        read_query(query)


def test_a_page_mark_of_an_answer_is_taken() -> None:
    assert read_query({"page": f"source-hospital_a__patient!{1:015d}-{ID}", "limit": "7"}).limit == 7
