"""Imports go one way; the contracts themselves stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path


def test_imports_keep_the_layers(repo_root: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    linted = subprocess.run([linter, "--no-cache"], cwd=repo_root, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout


def test_the_packages_that_everything_imports_are_empty(repo_root: Path) -> None:
    assert (repo_root / "shared" / "__init__.py").read_bytes() == b""
    assert (repo_root / "functions" / "__init__.py").read_bytes() == b""


def test_the_bundles_folder_is_no_package_and_hides_nothing_of_databricks(repo_root: Path) -> None:
    bundle = repo_root / "databricks"
    assert not (bundle / "__init__.py").exists()
    assert not {path.stem for path in bundle.iterdir()} & {"sdk", "labs", "connect", "sql", "bundles"}


def test_the_lakehouse_imports_nothing_of_the_app(repo_root: Path) -> None:
    sources = (repo_root / "databricks" / "src").rglob("*.py")
    lines = ((path, line) for path in sources for line in path.read_text().splitlines())
    foreign = ("from shared", "import shared", "from functions", "import functions", "from local", "import local")
    assert [(path.name, line) for path, line in lines if line.lstrip().startswith(foreign)] == []
