"""Runs tasks of the job on a store, as Databricks would: each by itself, arguments and tables in between."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from deliveries import Delivered, Store
from pyspark.sql import SparkSession
from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.master.crosswalks import Crosswalk, read_crosswalks
from rcm_lakehouse.master.rules import MatchRules, read_rules
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.tasks import bronze, gold, ledger, master, publish, silver

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Line:
    """A lake being filled. `metadata_folder` is read anew at each run."""

    def __init__(self, spark: SparkSession, folder: Path, metadata_folder: Path) -> None:
        self.metadata_folder = metadata_folder
        columns = {name: source.columns for name, source in self.metadata.sources.items()}
        self.store = Store(folder, columns)
        self.lake = Lake(spark, self.store.lake_root)

    @property
    def metadata(self) -> Metadata:
        return read_metadata(self.metadata_folder)

    @property
    def master_rules(self) -> tuple[MatchRules, list[Crosswalk]]:
        return read_rules(self.metadata_folder), read_crosswalks(self.metadata_folder)

    def arguments(self, delivered: Sequence[Delivered], as_of: date | None = None) -> Arguments:
        token, manifest = self.store.manifest(delivered)
        reports = f"{self.store.folder}/storage/reports/{token}"
        return Arguments(manifest, reports, self.store.storage_root, self.store.lake_root, token, as_of)

    def to_silver(self, *delivered: Delivered) -> None:
        """One run as far as silver."""
        arguments = self.arguments(delivered)
        bronze.load(self.lake, arguments, self.metadata, NOON)
        silver.refine(self.lake, arguments, self.metadata, NOON)

    def to_ledger(self, *delivered: Delivered) -> None:
        """One run as far as the account ledger."""
        arguments = self.arguments(delivered)
        bronze.load(self.lake, arguments, self.metadata, NOON)
        silver.refine(self.lake, arguments, self.metadata, NOON)
        ledger.post(self.lake, arguments, self.metadata, NOON)

    def to_persons(self, *delivered: Delivered) -> Arguments:
        """One run as far as the persons."""
        arguments = self.arguments(delivered)
        bronze.load(self.lake, arguments, self.metadata, NOON)
        silver.refine(self.lake, arguments, self.metadata, NOON)
        self.resolve(arguments)
        return arguments

    def resolve(self, arguments: Arguments | None = None) -> None:
        """The task of the persons alone."""
        master.resolve(self.lake, arguments or self.arguments([]), self.metadata, *self.master_rules, NOON)

    def to_gold(self, as_of: date, *delivered: Delivered) -> Arguments:
        """One whole run."""
        arguments = self.arguments(delivered, as_of)
        bronze.load(self.lake, arguments, self.metadata, NOON)
        silver.refine(self.lake, arguments, self.metadata, NOON)
        ledger.post(self.lake, arguments, self.metadata, NOON)
        gold.build(self.lake, arguments, self.metadata, as_of, NOON)
        publish.publish(self.lake, arguments, self.metadata, NOON)
        return arguments

    def versions(self, *tables: str) -> list[int | None]:
        return [self.lake.version(table) for table in tables]
