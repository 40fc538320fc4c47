"""Only a Java that Spark starts on is taken, and the packaged one is called as it can be."""

import subprocess
from pathlib import Path

import pytest

from local.set_up.commands import BuildSite
from local.set_up.java import build_java, java_of_the_machine, major_version
from local.set_up.layout import Layout


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


def test_the_folder_serves_as_java_home_and_leads_into_the_machines_java(tmp_path: Path) -> None:
    home = tmp_path / "machine"
    java(home, "21.0.8")
    (home / "release").write_text("21")
    build_java(site(tmp_path, home))
    assert major_version(tmp_path / "java" / "bin" / "java") == "21"
    assert (tmp_path / "java" / "release").read_text() == "21"


def test_the_shim_changes_the_two_arguments_that_are_in_the_way_and_keeps_every_other_whole(tmp_path: Path) -> None:
    home = tmp_path / "machine"
    executable(home / "bin" / "java", """[ "$1" = -version ] && echo 'version "17"' || printf '<%s>' "$@" """)
    build_java(site(tmp_path, home))
    asked = ["-cp", "/s/conf:/s/jars/slf4j-api-2.0.jar:/s/jars/*", "--add-modules=jdk.incubator.vector", "-Da=$B 'c d'"]
    said = subprocess.run([tmp_path / "java/bin/java", *asked], capture_output=True, text=True, check=True).stdout
    assert said == "<-cp></s/conf:/s/jars/*><-Da=$B 'c d'>"


def site(tmp_path: Path, java_home: Path) -> BuildSite:
    (tmp_path / "java").mkdir()
    return BuildSite(Layout(tmp_path), tmp_path / "java", tmp_path / "log", {"JAVA_HOME": str(java_home), "PATH": ""})
