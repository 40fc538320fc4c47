"""The jars beside Spark are the listed ones, byte for byte."""

import hashlib
import json
from pathlib import Path

import pytest

from local.set_up.delta_jars import LIST, take
from local.set_up.errors import SetUpError
from local.set_up.layout import Layout

COORDINATES = "io.delta:delta-storage:4.4.0"
FILE = "io.delta_delta-storage-4.4.0.jar"


def test_a_jar_with_the_listed_hash_is_taken(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"jar")
    take(tmp_path, COORDINATES, hashlib.sha256(b"jar").hexdigest(), tmp_path)
    assert (tmp_path / "delta-storage-4.4.0.jar").read_bytes() == b"jar"


def test_a_jar_with_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"another jar")
    with pytest.raises(SetUpError, match="SHA-256 differs"):
        take(tmp_path, COORDINATES, hashlib.sha256(b"jar").hexdigest(), tmp_path)
    assert not (tmp_path / "delta-storage-4.4.0.jar").exists()


def test_a_jar_that_did_not_come_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match=COORDINATES):
        take(tmp_path, COORDINATES, "", tmp_path)


def test_the_package_asked_for_is_the_delta_of_the_lakehouse_lock() -> None:
    root = Layout.of_this_clone().root
    wanted = json.loads((root / LIST).read_text())
    version = wanted["package"].rpartition(":")[2]
    assert wanted["package"] in wanted["jars"]
    assert f"delta-spark=={version} " in (root / "requirements/lakehouse.txt").read_text()
