"""The official JSON-Schema-Test-Suite, required tests of Draft 2020-12, through our own entry; set-up brings it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.pipeline.schema import is_valid

SUITE = Path(__file__).parents[3] / ".local" / "json-schema-test-suite"
TESTS = SUITE / "tests" / "draft2020-12"
REMOTE_ROOT = "http://localhost:1234/"


def remotes() -> dict[str, Any]:
    """What the suite's `$ref`s reach; drafts other than 2020-12 are not ours."""
    files = ((path, path.relative_to(SUITE / "remotes").as_posix()) for path in (SUITE / "remotes").rglob("*.json"))
    return {
        REMOTE_ROOT + name: json.loads(path.read_text())
        for path, name in files
        if name.startswith("draft2020-12/") or not name.startswith("draft")
    }


def cases(path: Path) -> Iterator[tuple[str, Any, Any, bool]]:
    for group in json.loads(path.read_text()):
        for case in group["tests"]:
            yield f"{group['description']}: {case['description']}", group["schema"], case["data"], case["valid"]


@pytest.mark.parametrize("path", sorted(TESTS.glob("*.json")), ids=lambda path: path.stem)
def test_required_tests_of_the_draft_pass(path: Path) -> None:
    schemas = remotes()
    wrong = [name for name, schema, data, valid in cases(path) if is_valid(data, schema, schemas) != valid]
    assert wrong == []


def test_the_suite_is_here_whole() -> None:
    assert sum(1 for path in TESTS.glob("*.json") for _ in cases(path)) > 1_200
