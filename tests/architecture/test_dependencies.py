"""What is imported is declared, and what is declared is used: in the group of those who use it."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = {"function_app", "functions", "shared", "local", "tests", "rcm_lakehouse"}
OF_THE_LAKEHOUSE = {"pyspark", "py4j"}

DISTRIBUTIONS = {
    # where a module's name is not the distribution's
    "azure.core": "azure-core",
    "azure.data.tables": "azure-data-tables",
    "azure.functions": "azure-functions",
    "azure.identity": "azure-identity",
    "azure.monitor.opentelemetry": "azure-monitor-opentelemetry",
    "azure.servicebus": "azure-servicebus",
    "azure.storage.blob": "azure-storage-blob",
    "databricks.sdk": "databricks-sdk",
    "opencensus": "opencensus-ext-azure",
    "opentelemetry": "opentelemetry-api",
    "pycep": "pycep-parser",
    "re2": "google-re2",
    "yaml": "pyyaml",
}

COMPARED_WHERE_INSTALLED = {"duckdb", "msgspec", "pandera", "polars", "pydantic"}  # by the validators' bench

NOT_IMPORTED = {
    "build",  # tools, called
    "hatchling",
    "import-linter",
    "mypy",
    "pytest-timeout",
    "pytest-xdist",
    "ruff",
    "mssql-python",  # SQLAlchemy's driver, named in a database's address
    "openpyxl",  # pandas' reader of workbooks
    "orjson",  # azure-functions' quick JSON
}


@pytest.fixture(scope="module")
def declared(repo_root: Path) -> dict[str, set[str]]:
    """Distribution names by group; "" is the function app."""
    project = tomllib.loads((repo_root / "pyproject.toml").read_text())
    groups = {"": project["project"]["dependencies"], **project["dependency-groups"]}
    return {name: {canonicalize_name(Requirement(one).name) for one in group} for name, group in groups.items()}


@pytest.mark.parametrize(
    ("places", "groups"),
    [
        (["function_app.py", "functions"], [""]),
        (["shared"], ["", "development"]),  # the test kit is there too
        (["local", "tests"], ["", "local", "development"]),
    ],
)
def test_every_import_is_of_a_declared_dependency(
    repo_root: Path, declared: dict[str, set[str]], places: list[str], groups: list[str]
) -> None:
    allowed = COMPARED_WHERE_INSTALLED.union(*(declared[group] for group in groups))
    found = {(path, name) for place in places for path, name in imports(repo_root / place)}
    assert sorted(f"{path}: {name}" for path, name in found if distribution(name) not in allowed) == []


@pytest.mark.parametrize("group", ["", "local", "development"])
def test_every_declared_dependency_is_used(repo_root: Path, declared: dict[str, set[str]], group: str) -> None:
    places = ["function_app.py", "functions", "shared", "local", "tests"]
    used = {distribution(name) for place in places for _, name in imports(repo_root / place)}
    stubs = {name for name in declared[group] if name.startswith("types-") or name.endswith("-stubs")}
    assert declared[group] - used - stubs - NOT_IMPORTED == set()


def imports(source: Path) -> Iterator[tuple[Path, str]]:
    """Modules of others that the sources import, anywhere in them."""
    for path in source.rglob("*.py") if source.is_dir() else [source]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in imported(node):
                if name.partition(".")[0] not in OURS | OF_THE_LAKEHOUSE | sys.stdlib_module_names:
                    yield path, name


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def distribution(module: str) -> str:
    named = [name for prefix, name in DISTRIBUTIONS.items() if f"{module}.".startswith(f"{prefix}.")]
    return named[0] if named else canonicalize_name(module.partition(".")[0])
