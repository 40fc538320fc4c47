"""Where the baseline's files and tables are, and its tables by name."""

from dataclasses import dataclass

from pyspark.sql import SparkSession

SOURCES = {"hospital_a": "hos-a", "hospital_b": "hos-b"}
"""The EMR's hospitals as every table but that of claims names them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Folders: `bronze` of Parquet extracts, `landing` of CSV files, `lake` of Delta tables."""

    spark: SparkSession
    bronze: str
    landing: str
    lake: str

    def table(self, name: str) -> str:
        """A table `<layer>.<name>` as SQL takes it."""
        return f"delta.`{self.lake}/{name.replace('.', '/')}`"

    def extract(self, hospital: str, name: str) -> str:
        """The newest extract of an EMR table, as SQL takes it; the one before it was moved away."""
        return f"parquet.`{self.bronze}/{hospital}/{name}.parquet`"

    def run(self, *statements: str) -> None:
        """Statements one after the other; each is a transaction of its own."""
        for statement in statements:
            self.spark.sql(statement).collect()

    def view(self, name: str, query: str) -> str:
        """A temporary view of a query; its name."""
        self.spark.sql(query).createOrReplaceTempView(name)
        return name
