"""What is deployed starts by itself, light and whole."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.package import deployed_files, zip_function_app

HEAVY = (
    "azure.core",
    "azure.storage",
    "databricks",
    "numpy",
    "opencensus",
    "opentelemetry",
    "pandas",
    "pyarrow",
    "sqlalchemy",
)


@pytest.fixture(scope="module")
def deployed(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged app, unpacked where nothing else of the repository is."""
    place = tmp_path_factory.mktemp("deployed")
    zip_function_app(repo_root, place / "app.zip")
    with zipfile.ZipFile(place / "app.zip") as archive:
        archive.extractall(place / "wwwroot")
    return place / "wwwroot"


def ask(app: Path, question: str) -> object:
    """Answers an expression in a fresh process that imported the app as Azure does: after the installed packages."""
    program = f"import sys; sys.path.append({str(app)!r}); import function_app, json; print(json.dumps({question}))"
    answered = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=app, env={}, capture_output=True, text=True, check=False
    )
    assert answered.returncode == 0, answered.stderr
    return json.loads(answered.stdout)


def test_importing_the_app_loads_no_sdk_and_no_columns(deployed: Path) -> None:
    assert ask(deployed, f"[name for name in {HEAVY!r} if name in sys.modules]") == []


def test_the_packages_of_the_app_are_ours_whatever_is_installed(deployed: Path) -> None:
    where = "[sys.modules[name].__file__ for name in ('shared', 'functions')]"
    assert ask(deployed, where) == [str(deployed / name / "__init__.py") for name in ("shared", "functions")]


def test_the_packaged_app_registers_its_functions_without_settings(deployed: Path) -> None:
    names = ask(deployed, "sorted(function.get_function_name() for function in function_app.app.get_functions())")
    assert isinstance(names, list)
    assert names


def test_every_module_of_the_packaged_app_can_be_imported(deployed: Path) -> None:
    files = [*(deployed / "functions").rglob("*.py"), *(deployed / "shared").rglob("*.py")]
    names = sorted(".".join(file.relative_to(deployed).with_suffix("").parts) for file in files)
    assert ask(deployed, f"[__import__('importlib').import_module(name).__name__ for name in {names!r}]") == names


def test_the_test_kit_and_the_local_world_are_not_deployed(repo_root: Path) -> None:
    assert [name for name in deployed_files(repo_root) if name.startswith(("shared/testing", "local", "tests"))] == []
    assert {"function_app.py", "host.json", "requirements.txt"} <= set(deployed_files(repo_root))
