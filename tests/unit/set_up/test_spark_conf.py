"""The local twin's settings follow what set-up made in this clone."""

from pathlib import Path

import pytest

from local.set_up.spark_conf import FOR_SMALL_TABLES, ONE_COMPILER, local_spark_conf, local_spark_environment

FOR_A_SHORT_SESSION = ("spark.driver.memory", "spark.driver.extraJavaOptions")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / ".local/parts/lakehouse-1/lib/python3.12/site-packages/pyspark").mkdir(parents=True)
    (tmp_path / ".local/parts/jars-1").mkdir()
    (tmp_path / ".local/parts/class_archive-1").mkdir()
    for jar in ("delta-storage-4.4.0.jar", "delta-kernel-api-4.4.0.jar"):
        (tmp_path / ".local/parts/jars-1" / jar).touch()
    for part in ("lakehouse", "jars", "class_archive"):
        (tmp_path / ".local" / part).symlink_to(f"parts/{part}-1")
    return tmp_path


def test_the_jars_of_set_up_and_no_others_are_on_the_class_path(clone: Path) -> None:
    jars = local_spark_conf(clone)["spark.jars"].split(",")
    assert [Path(jar).name for jar in jars] == ["delta-kernel-api-4.4.0.jar", "delta-storage-4.4.0.jar"]


def test_the_class_archive_is_used_where_there_is_one(clone: Path) -> None:
    assert "SharedArchiveFile" not in local_spark_conf(clone)["spark.driver.extraJavaOptions"]
    archive = clone / ".local/parts/class_archive-1/spark.jsa"
    archive.touch()
    assert f"-XX:SharedArchiveFile={archive}" in local_spark_conf(clone)["spark.driver.extraJavaOptions"]


def test_large_tables_keep_compiled_plans_and_data_skipping(clone: Path) -> None:
    large = local_spark_conf(clone, large_tables=True)
    small = local_spark_conf(clone)
    assert {name for name in small if small[name] != large.get(name)} == {*FOR_SMALL_TABLES, *FOR_A_SHORT_SESSION}
    assert ONE_COMPILER not in large["spark.driver.extraJavaOptions"]
    assert large["spark.sql.shuffle.partitions"] == "2"
    assert "spark.sql.codegen.wholeStage" not in large


def test_a_process_that_starts_spark_finds_this_clones_java_and_python(clone: Path) -> None:
    environment = local_spark_environment(clone, {"PATH": "/usr/bin", "JAVA_HOME": "/another"})
    assert environment["PATH"] == "/usr/bin"
    assert environment["JAVA_HOME"] == str(clone / ".local/java")
    assert environment["PYSPARK_PYTHON"] == str(clone / ".local/lakehouse/bin/python")
    assert Path(environment["SPARK_HOME"]).name == "pyspark"
