"""The official JSON-Schema-Test-Suite, as the source package of `jsonschema` carries it."""

import hashlib
import tarfile
from pathlib import Path

from local.set_up.commands import BuildSite
from local.set_up.errors import SetUpError
from local.set_up.mirrors import INDEX_ADVICE

PACKAGE = "jsonschema==4.26.0"
SHA256 = "0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326"
INSIDE = "/json/"
PROOF = "tests/draft2020-12"


def build_json_schema_suite(site: BuildSite) -> None:
    """Downloads the package by pip, which uv lends, and takes out `tests/` and `remotes/`."""
    site.call(
        *(site.layout.uv, "tool", "run", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-binary", "jsonschema", "--dest", site.folder, PACKAGE),
        advice=INDEX_ADVICE,
    )
    package = next(site.folder.glob("*.tar.gz"))
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != SHA256:
        raise SetUpError(f"{package.name} has SHA-256 {found}, not {SHA256}", INDEX_ADVICE)
    _unpack(package, site.folder)
    package.unlink()


def _unpack(package: Path, folder: Path) -> None:
    """Every file below the package's `<name>/json/`; its content is pinned by the hash."""
    with tarfile.open(package) as source:
        for member in source:
            _, _, path = member.name.partition(INSIDE)
            content = source.extractfile(member) if path else None
            if content:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content.read())
