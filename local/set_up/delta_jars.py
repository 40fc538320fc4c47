"""The jars that Delta needs beside Spark's own, fetched by Spark's own resolver and checked against the list."""

import hashlib
import json
import shutil
from pathlib import Path

from local.set_up.commands import BuildSite
from local.set_up.errors import SetUpError
from local.set_up.mirrors import java_proxy_options
from local.set_up.spark_conf import local_spark_environment
from local.set_up.trust_store import trust_store_options

LIST = "local/set_up/delta_jars.json"
ADVICE = (
    "Check the line to the Maven repository. Behind a mirror set DEFAULT_ARTIFACT_REPOSITORY to it, behind a proxy "
    "HTTPS_PROXY, and for a certificate authority of your own SSL_CERT_FILE; then try again."
)


def build_jars(site: BuildSite) -> None:
    """Leaves exactly the listed jars in the folder. What Spark carries itself, in other versions, is not fetched."""
    wanted = json.loads((site.layout.root / LIST).read_text())
    resolver = site.folder / "resolver"
    environment = local_spark_environment(site.layout.root, site.environment)
    nothing = site.folder / "nothing.py"
    nothing.touch()
    site.call(
        Path(environment["SPARK_HOME"]) / "bin" / "spark-submit",
        *("--packages", wanted["package"], "--exclude-packages", ",".join(wanted["carried_by_spark"])),
        *("--conf", f"spark.jars.ivy={resolver}", nothing),
        extra={**environment, "SPARK_SUBMIT_OPTS": " ".join(_java_options(site))},
        advice=ADVICE,
    )
    for coordinates, sha256 in wanted["jars"].items():
        take(resolver / "jars", coordinates, sha256, site.folder)
    nothing.unlink()
    shutil.rmtree(resolver)


def _java_options(site: BuildSite) -> list[str]:
    return [*java_proxy_options(site.environment), *trust_store_options(site.folder / "resolver")]


def take(fetched: Path, coordinates: str, sha256: str, folder: Path) -> None:
    """Moves one jar the resolver fetched into `folder`. Raises SetUpError where it is missing or not the listed one."""
    group, artifact, version = coordinates.split(":")
    jar = fetched / f"{group}_{artifact}-{version}.jar"
    if not jar.exists():
        raise SetUpError(f"{coordinates} was not among what the Maven repository gave.", ADVICE)
    if hashlib.sha256(jar.read_bytes()).hexdigest() != sha256:
        raise SetUpError(
            f"{coordinates} is not the file that {LIST} names: its SHA-256 differs.",
            "Find out what stands between you and the Maven repository, and trust it only then.",
        )
    jar.rename(folder / f"{artifact}-{version}.jar")
