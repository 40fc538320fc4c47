"""Brings the official JSON-Schema-Test-Suite to `.local/json-schema-test-suite/`.

It comes inside the source package of `jsonschema` on the package index, which pip downloads. `python -m
local.bench.validation.fetch_suite` does it; what is there already is left as it is.
"""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

PACKAGE: Final = "jsonschema==4.26.0"
FOLDER: Final = Path(__file__).parents[3] / ".local" / "json-schema-test-suite"


def fetch_suite(folder: Path = FOLDER) -> Path:
    """The folder with `tests/` and `remotes/`."""
    if not (folder / "tests").is_dir():
        with tempfile.TemporaryDirectory() as download:
            _unpack(_downloaded(Path(download)), folder)
    return folder


def _downloaded(into: Path) -> Path:
    options = ["--no-deps", "--no-binary", "jsonschema", "--dest", str(into)]
    subprocess.run([*_pip(), "download", "--quiet", *options, PACKAGE], check=True)
    return next(into.glob("*.tar.gz"))


def _pip() -> list[str]:
    """pip of this environment, or one that uv lends."""
    here = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    return [sys.executable, "-m", "pip"] if here.returncode == 0 else ["uv", "tool", "run", "pip"]


def _unpack(archive: Path, folder: Path) -> None:
    """Everything below the archive's `<name>/json/`."""
    with tarfile.open(archive) as source:
        for member in source.getmembers():
            _, _, path = member.name.partition("/json/")
            if path and member.isfile():
                member.name = path
                source.extract(member, folder, filter="data")


if __name__ == "__main__":
    print(fetch_suite())
