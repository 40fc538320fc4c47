"""The documents speak of what there is: flows, settings, telemetry, endpoints, commands, and files they point to."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from local.supervisor import storage

LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)\s]+))?\)")
HTTP_ROUTE = re.compile(r'\.route\("([^"]+)"')
TELEMETRY = re.compile(r'telemetry\.(?:event|alert|measure|span)\(\s*"(\w+)"')
ALERT = re.compile(r'telemetry\.alert\(\s*"(\w+)"')
SHARED_BY_HANDLERS = {"answer", "headers_of", "trace_of", "without_text"}


@pytest.fixture(scope="module")
def documents(repo_root: Path) -> dict[Path, str]:
    """Every Markdown file of a clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=repo_root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [repo_root / name for name in listed.stdout.split("\0") if name]
    return {path: path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def test_every_flow_has_its_page(repo_root: Path) -> None:
    flows = {path.stem for path in (repo_root / "functions").glob("[a-z]*.py")} - SHARED_BY_HANDLERS
    assert {path.stem for path in (repo_root / "docs/flows").glob("*.md")} == flows


def test_every_setting_is_explained(repo_root: Path) -> None:
    sample = json.loads((repo_root / "local.settings.sample.json").read_text())["Values"]
    text = (repo_root / "docs/settings.md").read_text()
    named = set(re.findall(r"`(RCM_[A-Z_]*[A-Z]|[A-Z]+_[A-Z_]+|AzureWebJobsStorage)`", text))
    assert named == sample.keys()


def test_every_event_measure_and_span_is_explained(repo_root: Path) -> None:
    text = (repo_root / "docs/telemetry.md").read_text()
    told = {name for code in program(repo_root) for name in TELEMETRY.findall(code)}
    assert sorted(name for name in told if f"`{name}`" not in text) == []
    explained = {name for line in text.splitlines() if line.startswith("| `") for name in names_of(line)}
    assert explained - told == set()


def test_the_runbook_has_an_answer_to_every_alert(repo_root: Path) -> None:
    text = (repo_root / "docs/runbook.md").read_text()
    raised = {name for code in program(repo_root) for name in ALERT.findall(code)}
    assert sorted(name for name in raised if f"`{name}`" not in text) == []


def test_every_endpoint_is_shown_in_the_readme_and_no_other(repo_root: Path) -> None:
    readme = (repo_root / "README.md").read_text()
    handlers = [path.read_text() for path in (repo_root / "functions").glob("*.py")]
    routes = {re.sub(r"\{\w+\}", "<>", route) for text in handlers for route in HTTP_ROUTE.findall(text)}
    shown = {
        re.sub(r"<[^>]+>", "<>", called.split("?")[0])
        for called in re.findall(r"^(?:get|post) '?((?:<[^>]+>|[\w/?-])+)", readme, re.MULTILINE)
    }
    assert shown == routes


def test_every_container_and_table_is_in_the_architecture(repo_root: Path) -> None:
    text = (repo_root / "docs/architecture.md").read_text()
    assert [name for name in (*storage.CONTAINERS, *storage.TABLES) if f"| `{name}` |" not in text] == []


def test_every_command_of_a_document_is_a_target(repo_root: Path, documents: dict[Path, str]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (repo_root / "Makefile").read_text(), re.MULTILINE))
    named = {
        (path.name, name)
        for path, text in documents.items()
        for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)
    }
    assert sorted(f"{document}: make {name}" for document, name in named if name not in targets) == []


def test_every_link_between_documents_leads_somewhere(documents: dict[Path, str]) -> None:
    assert [f"{path.name}: {link}" for path, text in documents.items() for link in broken_links(path, text)] == []


def test_decisions_are_numbered_without_a_gap(repo_root: Path) -> None:
    numbers = sorted(int(path.name[:4]) for path in (repo_root / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def program(repo_root: Path) -> list[str]:
    """The sources of what is deployed."""
    return [path.read_text() for path in (repo_root / "shared").rglob("*.py") if "testing" not in path.parts]


def names_of(row: str) -> list[str]:
    """The names in the first cell of a table's row."""
    return re.findall(r"`(\w+)`", row.split("|")[1])


def broken_links(path: Path, text: str) -> list[str]:
    """Links to files that are not there, and to headings that are not in them."""
    broken = []
    for target, anchor in LINK.findall(text):
        if "://" in target:
            continue
        file = (path.parent / target).resolve() if target else path
        headings = [] if file.is_dir() or not file.exists() else headings_of(file.read_text(encoding="utf-8"))
        if not file.exists() or (anchor and anchor not in headings):
            broken.append(f"{target}#{anchor}" if anchor else target)
    return broken


def headings_of(text: str) -> list[str]:
    """Anchors as GitHub makes them of headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
