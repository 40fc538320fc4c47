"""uv, and with it the Python environments from their hashed locks."""

import re
import shutil
import subprocess

from local.set_up.commands import BuildSite
from local.set_up.mirrors import INDEX_ADVICE, python_with_pip

OLDEST_UV = (0, 7)
"""The first that compiles locks from dependency groups."""

APP_LOCKS = ("requirements.txt", "requirements/local.txt", "requirements/development.txt")
BENCH_LOCKS = ("requirements.txt", "requirements/bench.txt")
LAKEHOUSE_LOCK = "requirements/lakehouse.txt"
UV_LOCK = "requirements/uv.txt"


def build_uv(site: BuildSite) -> None:
    """Takes uv from the PATH, else installs the locked one with pip into a folder of its own."""
    found = shutil.which("uv", path=site.environment.get("PATH"))
    if found and _version_of(found) >= OLDEST_UV:
        (site.folder / "bin").mkdir()
        (site.folder / "bin" / "uv").symlink_to(found)
        return
    site.call(
        *(python_with_pip(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--target", site.folder, "--require-hashes", "--requirement", site.layout.root / UV_LOCK),
        advice=f"Put uv on the PATH yourself, or a Python with pip. {INDEX_ADVICE}",
    )


def build_app(site: BuildSite) -> None:
    _environment(site, "3.13", *APP_LOCKS)


def build_bench(site: BuildSite) -> None:
    _environment(site, "3.13", *BENCH_LOCKS)


def build_lakehouse(site: BuildSite) -> None:
    _environment(site, "3.12", LAKEHOUSE_LOCK)


def _environment(site: BuildSite, version: str, *locks: str) -> None:
    site.call(
        *(site.layout.uv, "venv", "--python", version, "--relocatable", "--allow-existing", site.folder),
        advice=f"Install Python {version} (pyenv, your distribution), or let uv fetch it: UV_PYTHON_INSTALL_MIRROR "
        "names a mirror of its downloads.",
    )
    requirements = [word for lock in locks for word in ("--requirement", site.layout.root / lock)]
    site.call(
        *(site.layout.uv, "pip", "install", "--python", site.folder / "bin" / "python", "--no-progress"),
        *("--compile-bytecode", "--require-hashes", *requirements),
        advice=INDEX_ADVICE,
    )


def _version_of(uv: str) -> tuple[int, ...]:
    said = subprocess.run([uv, "--version"], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    numbers = re.match(r"uv (\d+)\.(\d+)", said.stdout)
    return tuple(int(number) for number in numbers.groups()) if numbers else ()
