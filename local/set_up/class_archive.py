"""An archive of the classes Spark and Delta load, so that each JVM after it starts in half the time."""

from collections.abc import Iterable

from local.set_up.commands import BuildSite
from local.set_up.layout import Layout
from local.set_up.spark_conf import JAVA_OPTIONS, local_spark_environment, spark_home

WORKLOAD = "local/set_up/class_archive_workload.py"


def ingredients(layout: Layout) -> Iterable[bytes]:
    """The archive is good for one Java, one class path, one set of options; the parts it needs stand already."""
    yield (layout.root / WORKLOAD).read_bytes()
    yield " ".join(JAVA_OPTIONS).encode()
    yield str(spark_home(layout)).encode()
    yield str(layout.jars.resolve()).encode()
    yield str((layout.java / "bin" / "java").resolve()).encode()
    release = layout.java / "release"
    yield release.read_bytes() if release.exists() else b""


def build_class_archive(site: BuildSite) -> None:
    """Runs the usual work of the lakehouse once in a JVM that writes its archive when it ends."""
    environment = local_spark_environment(site.layout.root, site.environment)
    archive = site.folder / "spark.jsa"
    site.call(
        *(site.layout.lakehouse / "bin" / "python", site.layout.root / WORKLOAD, archive),
        extra={**environment, "PYTHONPATH": str(site.layout.root)},
        advice="Spark does not start here; the log says why. It wants Java 17 or 21 and 3 GB of free memory.",
    )
