"""What the flows may rely on of code APIs: the fake and the HTTP reader alike."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest

from local.code_apis import nppes
from local.code_apis.releases import release
from local.supervisor.world import World
from shared.adapters.code_set_http import HttpCodeSetReader
from shared.errors import ConfigurationError, FileGoneError
from shared.ports import CodeSetReader
from shared.settings import Settings
from shared.testing.fake_code_set_reader import FakeCodeSetReader

RELEASE = "january-2026-alpha-numeric-hcpcs-file.zip"


@dataclass(frozen=True)
class Addresses:
    """The settings that the reader takes."""

    code_origins: dict[str, str]
    http_allowed_origins: tuple[str, ...]
    is_production: bool = False


@pytest.fixture(scope="module", params=["fake", "http"])
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeSetReader]:
    if request.param == "fake":
        yield fake()
        return
    with World(tmp_path_factory.mktemp("code_apis"), ("code_apis",)) as world:
        url = world.address("code_apis")
        addresses = Addresses(dict.fromkeys(("cms", "nppes"), url), (url,))
        yield HttpCodeSetReader(cast("Settings", addresses))


def fake() -> FakeCodeSetReader:
    """Answers what the stand-in answers."""
    reader = FakeCodeSetReader()
    reader.answers = {
        "cms": {f"/files/zip/{RELEASE}": lambda _: release(RELEASE) or b""},
        "nppes": {"/api/": lambda query: json.dumps(nppes.answer(query, 7)).encode()},
    }
    return reader


def test_a_file_comes_byte_for_byte(reader: CodeSetReader) -> None:
    assert reader.get("cms", f"/files/zip/{RELEASE}", {}) == release(RELEASE)


def test_a_query_gets_its_answer(reader: CodeSetReader) -> None:
    answer = reader.get("nppes", "/api/", {"version": "2.1", "number": "1234567893"})
    assert json.loads(answer)["results"][0]["number"] == "1234567893"


def test_what_is_not_there_is_told_from_what_failed(reader: CodeSetReader) -> None:
    with pytest.raises(FileGoneError):
        reader.get("cms", "/files/zip/nothing.zip", {})


def test_an_unknown_origin_is_named_with_the_known_ones(reader: CodeSetReader) -> None:
    with pytest.raises(ConfigurationError, match="no who; known are cms, nppes"):
        reader.get("who", "/", {})
