"""The published notebooks as one run: the silver ones, then the gold ones, in the warm session's process.

Written anew from a description of what they do, their defects included; ICD and NPI, which call web services, are left
out. Two at a time, as our own tables are, and by the rules of the runtime they were written for: no ANSI errors.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession

from local.bench.medallion.baseline import gold, silver
from local.bench.medallion.baseline.place import Place

NOTEBOOKS: dict[str, Sequence[Callable[[Place], None]]] = {
    "silver": (
        silver.claims,
        silver.transactions,
        silver.encounters,
        silver.patients,
        silver.cpt_codes,
        silver.departments,
        silver.providers,
    ),
    "gold": (
        gold.fact_transaction,
        gold.dim_patient,
        gold.dim_cpt_code,
        gold.dim_department,
        gold.dim_provider,
    ),
}
DRIVER_THREADS = 2


def run(place: Place, layer: str) -> None:
    """The notebooks of a layer; the first error is raised after all have ended."""
    place.spark.conf.set("spark.sql.ansi.enabled", "false")
    with ThreadPoolExecutor(DRIVER_THREADS) as pool:
        list(pool.map(lambda notebook: notebook(place), NOTEBOOKS[layer]))


def main() -> None:
    """Called in the worker, with its arguments in `sys.argv`."""
    parser = ArgumentParser()
    parser.add_argument("layer", choices=NOTEBOOKS)
    for folder in ("bronze", "landing", "lake"):
        parser.add_argument(folder)
    given = parser.parse_args()
    run(Place(SparkSession.builder.getOrCreate(), given.bronze, given.landing, given.lake), given.layer)
