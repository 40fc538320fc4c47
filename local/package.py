"""`python -m local.package`: what is deployed, into `dist/`: the function app as a zip, the lakehouse as a wheel.

ConfigurationError, and nothing written, where the metadata is wrong.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from shared.metadata import load_metadata

REPO_ROOT = Path(__file__).resolve().parents[1]

DEPLOYED = ("function_app.py", "host.json", "requirements.txt", "functions", "shared", "metadata")
LEFT_OUT = ("shared/testing",)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""One time for every entry: the same sources give the same bytes."""


def main() -> int:
    load_metadata(REPO_ROOT / "metadata")
    dist = REPO_ROOT / "dist"
    dist.mkdir(exist_ok=True)
    zip_function_app(REPO_ROOT, dist / "function-app.zip")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist)]
    if code := subprocess.run(
        [*build, str(REPO_ROOT / "databricks")], stdout=subprocess.DEVNULL, check=False
    ).returncode:
        return code
    for packaged in sorted(dist.iterdir()):
        print(f"{packaged.relative_to(REPO_ROOT)}  {packaged.stat().st_size / 1024:.0f} kB")
    return 0


def zip_function_app(root: Path, target: Path) -> None:
    """Writes the app as Azure's build takes it: sources, metadata and the locked requirements."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in deployed_files(root):
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (root / name).read_bytes())


def deployed_files(root: Path) -> list[str]:
    """Paths below `root`, "/" between their parts, in order: no test kit, no byte code."""
    return sorted(name for place in DEPLOYED for name in _names(root, root / place))


def _names(root: Path, place: Path) -> Iterator[str]:
    for path in [place] if place.is_file() else place.rglob("*"):
        name = path.relative_to(root).as_posix()
        left_out = "__pycache__" in path.parts or any(name.startswith(f"{folder}/") for folder in LEFT_OUT)
        if path.is_file() and not left_out:
            yield name


if __name__ == "__main__":
    sys.exit(main())
