"""Each of the published notebooks' 36 defects has what shows that it is not here; some are shown by the tree itself."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

ROW = re.compile(r"^\| (\d+) \| .+? \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+(?:\.py)?)`")
ASSIGNED = re.compile(
    r"(?i)(?:secret|password|client_?id|(?:account|access|api)_?key)\w*[\"']?\s*[:=]\s*[\"'][^\"'{$<\s]{8,}[\"']"
)
SHIPPED = ("databricks/src", "databricks/resources", "metadata", "functions", "shared", "infra", "function_app.py")


@pytest.fixture(scope="module")
def shown_by(repo_root: Path) -> dict[int, str]:
    text = (repo_root / "docs/published-defects.md").read_text()
    return {int(number): by for number, by in ROW.findall(text)}


def test_each_defect_is_on_the_page_once(shown_by: dict[int, str]) -> None:
    assert list(shown_by) == list(range(1, 37))


@pytest.mark.parametrize(("module", "letter"), [("defects_of_history", "P"), ("defects_of_gold", "W")])
def test_those_that_both_engines_are_asked_are_the_ones_the_page_names(
    repo_root: Path, shown_by: dict[int, str], module: str, letter: str
) -> None:
    source = (repo_root / f"databricks/tests/support/{module}.py").read_text()
    asked = [
        number.value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Defect", "both")
        for number in call.args[:1]
        if isinstance(number, ast.Constant) and isinstance(number.value, int)
    ]
    assert sorted(asked) == [number for number, by in shown_by.items() if by.startswith(letter)]


def test_every_test_that_the_page_names_is_there(repo_root: Path, shown_by: dict[int, str]) -> None:
    files = [path for tree in ("tests", "databricks/tests") for path in (repo_root / tree).rglob("test_*.py")]
    known = {path.name for path in files} | {
        name for path in files for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert [name for by in shown_by.values() for name in NAMED.findall(by) if name not in known] == []


def test_every_shipped_extract_is_active(repo_root: Path) -> None:
    extracts = [json.loads(path.read_text()) for path in (repo_root / "metadata/extracts").glob("*.json")]
    assert extracts
    assert [extract["extract_id"] for extract in extracts if not extract["active"]] == []


def test_no_code_or_metadata_holds_a_secret(repo_root: Path) -> None:
    listed = subprocess.run(["git", "ls-files", *SHIPPED], cwd=repo_root, capture_output=True, text=True, check=True)
    shipped = [name for name in listed.stdout.splitlines() if not name.startswith("shared/testing/")]
    assert [name for name in shipped if ASSIGNED.search((repo_root / name).read_text())] == []
    assert ASSIGNED.search('client_secret = "0a1b2c3d4e5f"')
