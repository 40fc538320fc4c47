"""The HTTP API as the rest of the world meets it: keys, codes, and one answer to one question however often asked."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from local.supervisor.world import World

Call = Callable[..., urllib3.BaseHTTPResponse]

NOBODY = "0" * 64
PATHS = ("ingestions", f"ingestions/{NOBODY}", "databricks-runs", "lineage", "sources", "kpis", "tables")


@pytest.fixture(scope="module")
def call(world: World) -> Iterator[Call]:
    """Sends a request to /api/…, with the function key unless told otherwise."""
    with urllib3.PoolManager(retries=False, timeout=30.0) as pool:

        def send(method: str, path: str, key: str | None = None, **more: Any) -> urllib3.BaseHTTPResponse:
            headers = {"x-functions-key": world.function_key if key is None else key} | more.pop("headers", {})
            return pool.request(method, f"{world.address('host')}/api/{path}", headers=headers, **more)

        yield send


@pytest.fixture(scope="module")
def refused(drop: Callable[[str, bytes], dict[str, Any]]) -> str:
    """A file version that stays refused however often it is worked: to reprocess it moves nothing in the lakehouse."""
    return str(drop("emr/hospital_b/2026-02-03/providers.csv", b"")["file_version_id"])


def error(answer: urllib3.BaseHTTPResponse) -> tuple[int, str]:
    return answer.status, str(answer.json()["error"])


def test_health_is_open_to_all(call: Call) -> None:
    answer = call("GET", "health", key="")
    assert (answer.status, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize("key", ["", "a-wrong-key"], ids=["none", "wrong"])
def test_nothing_else_answers_without_the_key(call: Call, key: str) -> None:
    assert {call("GET", path, key=key).status for path in PATHS} == {401}
    assert {call("POST", path, key=key, json={}).status for path in ("reprocess", "withdraw")} == {401}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"ingestions/{NOBODY}", "unknown_ingestion"),
        (f"databricks-runs/{NOBODY}", "unknown_databricks_run"),
        ("requests/00000000000000000000000000000000", "unknown_request"),
        ("lineage?table=gold.nothing", "unknown_table"),
    ],
)
def test_what_nobody_knows_is_404_with_a_code(call: Call, path: str, code: str) -> None:
    assert error(call("GET", path)) == (404, code)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("ingestions/1", "bad_ingestion_id"),
        ("ingestions?limit=0", "bad_limit"),
        ("ingestions?status=lost", "unknown_status"),
        ("ingestions?sauce=hospital_a__patient", "unknown_filter"),
        ("lineage", "start_not_clear"),
    ],
)
def test_a_question_that_makes_no_sense_is_400_with_a_code(call: Call, path: str, code: str) -> None:
    assert error(call("GET", path)) == (400, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "selection_not_clear"),
        ({"source_id": "hospital_a__patient", "path_prefix": "emr/"}, "selection_not_clear"),
        ({"source": "hospital_a__patient"}, "unknown_field"),
        ({"file_version_ids": ["../secrets"]}, "bad_file_version_id"),
    ],
)
def test_a_request_that_makes_no_sense_is_400_with_a_code(call: Call, body: dict[str, Any], code: str) -> None:
    assert error(call("POST", "reprocess", json=body)) == (400, code)


def test_a_request_for_an_unknown_source_is_404(call: Call) -> None:
    assert error(call("POST", "withdraw", json={"source_id": "hospital_z__patient"})) == (404, "unknown_source")


def test_pages_hold_every_ingestion_once(story: Any, call: Call) -> None:
    said = call("GET", "ingestions?limit=7").json()
    paths = [each["path"] for each in said["ingestions"]]
    while said["next_page"]:
        said = call("GET", f"ingestions?limit=7&page={said['next_page']}").json()
        paths += [each["path"] for each in said["ingestions"]]
    assert len(paths) == len(set(paths)) == story.stage.dropped


def test_a_listing_can_be_narrowed(story: Any, call: Call) -> None:
    said = call("GET", "ingestions?source_id=hospital_b__claim&status=landed").json()
    files = [f.path for f in story.demo.files if f.source_id == "hospital_b__claim" and f.outcome == "landed"]
    assert {each["path"] for each in said["ingestions"]} == set(files)


def test_a_dry_run_counts_and_moves_nothing(call: Call, refused: str) -> None:
    before = call("GET", f"ingestions/{refused}").json()
    answer = call("POST", "reprocess", json={"file_version_ids": [refused], "dry_run": True})
    assert (answer.status, answer.json()) == (200, {"dry_run": True, "targets": 1, "file_version_ids": [refused]})
    assert call("GET", f"ingestions/{refused}").json() == before


def test_a_request_is_accepted_with_a_place_to_ask_how_far_it_is(
    call: Call, refused: str, eventually: Callable[[Callable[[], Any]], Any]
) -> None:
    answer = call("POST", "reprocess", json={"file_version_ids": [refused]}, headers={"Idempotency-Key": "one"})
    assert answer.status == 202
    status_path = answer.json()["status_url"].removeprefix("/api/")
    done = eventually(lambda: (said := call("GET", status_path).json())["status"] == "done" and said)
    assert (done["kind"], done["targets"], done["raised"]) == ("reprocess", 1, 1)
    ended = eventually(lambda: (said := call("GET", f"ingestions/{refused}").json())["status"] != "arrived" and said)
    assert (ended["generation"], ended["status"], ended["reason"]) == (2, "refused", "empty_file")


def test_the_same_key_brings_the_same_answer_and_works_once(
    call: Call, refused: str, eventually: Callable[[Callable[[], Any]], Any]
) -> None:
    def ask() -> urllib3.BaseHTTPResponse:
        return call("POST", "reprocess", json={"file_version_ids": [refused]}, headers={"Idempotency-Key": "twice"})

    def at_rest() -> Any:
        said = call("GET", f"ingestions/{refused}").json()
        return said["status"] != "arrived" and said

    before = eventually(at_rest)["generation"]
    first = ask()
    eventually(lambda: call("GET", first.json()["status_url"].removeprefix("/api/")).json()["status"] == "done")
    second = ask()
    assert (second.status, second.data) == (first.status, first.data) == (202, first.data)
    assert eventually(at_rest)["generation"] == before + 1


def test_the_same_key_for_another_request_is_422(call: Call, refused: str) -> None:
    headers = {"Idempotency-Key": "reused"}
    assert call("POST", "reprocess", json={"file_version_ids": [NOBODY]}, headers=headers).status == 202
    other = call("POST", "reprocess", json={"file_version_ids": [refused]}, headers=headers)
    assert error(other) == (422, "idempotency_key_reused")


def test_a_body_that_is_not_json_is_refused_without_being_quoted(call: Call) -> None:
    headers = {"Content-Type": "application/json"}
    answer = call("POST", "withdraw", body=b"{patient 123-45-6789", headers=headers)
    assert error(answer) == (400, "body_not_json")
    assert "123-45-6789" not in json.dumps(answer.json())
