"""How the local twin of Databricks runs Spark: the settings and the environment, in one place.

Standard library only and any Python from 3.10, so that tests, tools and the workspace stand-in share it. Each figure
was measured on two cores with small tables; on Databricks the platform decides and none of this applies.
"""

from collections.abc import Mapping
from pathlib import Path

from local.set_up.layout import Layout

ONE_COMPILER = "-XX:TieredStopAtLevel=1"
"""Half the processor time of a session of some minutes; what goes on for longer wants the other compiler, too."""

JAVA_OPTIONS = (
    ONE_COMPILER,
    "-XX:+UseSerialGC",
    "-XX:ReservedCodeCacheSize=256m",  # C1 alone would get 48 MB, full after a minute, and the JVM then crawls
    "-Duser.timezone=UTC",
)

FOR_SMALL_TABLES = {
    # Of tables of some thousand rows most of the cost is what Spark does before it looks at a row: four tenths less.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    # A scan is one task, not one for each core: every task unpacks the plan of its whole stage, be it for ten rows.
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.stats.collect": "false",
    "spark.databricks.delta.stats.skipping": "false",
}

FOR_LARGE_TABLES = {
    "spark.sql.autoBroadcastJoinThreshold": "128m",  # a million rows of facts are not sorted to be joined
}


def local_spark_conf(repo_root: Path, *, large_tables: bool = False) -> dict[str, str]:
    """Settings for a new session (`SparkSession.builder.config(map=...)`), Delta's jars and tuned JVM included.

    `large_tables` has what pays from some hundred thousand rows on: compiled plans, adaptive ones, data skipping, large
    broadcasts, and for the long session that they mean, both compilers of the JVM and more memory.
    """
    layout = Layout(repo_root)
    java_options = [option for option in JAVA_OPTIONS if not (large_tables and option == ONE_COMPILER)]
    return {
        "spark.jars": ",".join(str(jar) for jar in sorted(layout.jars.resolve().glob("*.jar"))),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.databricks.delta.snapshotPartitions": "2",  # 50 otherwise, at every read of a table's state
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",  # 10,000 otherwise, at every VACUUM
        "spark.sql.ansi.enabled": "true",  # as on serverless
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "4g" if large_tables else "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": " ".join([*java_options, *_archive_options(layout)]),
        "spark.sql.warehouse.dir": str(layout.local / "spark-warehouse"),
        **(FOR_LARGE_TABLES if large_tables else FOR_SMALL_TABLES),
    }


def local_spark_environment(repo_root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` with what a process that starts Spark must find in it.

    Without PYSPARK_PYTHON Spark's workers would take whatever `python3` the PATH has.
    """
    layout = Layout(repo_root)
    python = str(layout.lakehouse / "bin" / "python")
    return {
        **environment,
        "JAVA_HOME": str(layout.java),
        "SPARK_HOME": str(spark_home(layout)),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": python,
        "PYSPARK_DRIVER_PYTHON": python,
        "TZ": "UTC",
    }


def spark_home(layout: Layout) -> Path:
    """Spark's folder by its real path: the class archive holds for one spelling of the class path."""
    return next(layout.lakehouse.resolve().glob("lib/python3.*/site-packages/pyspark"))


def _archive_options(layout: Layout) -> list[str]:
    archive = layout.class_archive.resolve()
    # An archive that does not fit is passed over, without a word on the program's output.
    return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", "-Xlog:disable"] if archive.exists() else []
