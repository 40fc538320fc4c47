"""The composition root: one lazily made thing per port. The only reader of the environment."""

import os
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.metadata import Metadata
    from shared.model.source import SourceDefinition
    from shared.pipeline.check import RecordChecker
    from shared.ports import (
        Clock,
        CodeSetReader,
        DeadLetters,
        EmrReader,
        FileStore,
        Ids,
        LakehouseJobs,
        Ledger,
        MessageSender,
    )
    from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
_one_at_a_time = Lock()


class Services:
    """Fulfils `shared.ports.Ports` with the adapters. Making one twice is harmless: `cached_property` takes no lock."""

    @cached_property
    def settings(self) -> "Settings":
        from shared.settings import Settings

        return Settings.from_env(os.environ)

    @cached_property
    def metadata(self) -> "Metadata":
        from shared.metadata import load_metadata

        return load_metadata(Path(self.settings.metadata_path) if self.settings.metadata_path else ROOT / "metadata")

    @cached_property
    def _checkers(self) -> "dict[str, RecordChecker]":
        return {}

    def checker(self, source: "SourceDefinition") -> "RecordChecker":
        from shared.pipeline.check import RecordChecker

        if source.source_id not in self._checkers:
            schemas = (source.record_schema, source.advisory_schema)
            self._checkers[source.source_id] = RecordChecker(*schemas, source.format.kind)
        return self._checkers[source.source_id]

    @cached_property
    def files(self) -> "FileStore":
        from shared.adapters.azure_blob import AzureBlobStore

        return AzureBlobStore(self.settings.storage)

    @cached_property
    def ledger(self) -> "Ledger":
        from shared.adapters.azure_table import AzureTableLedger

        return AzureTableLedger(self.settings.storage)

    @cached_property
    def sender(self) -> "MessageSender":
        from shared.adapters.azure_service_bus import ServiceBusSender

        return ServiceBusSender(self.settings.service_bus)

    @cached_property
    def dead_letters(self) -> "DeadLetters":
        from shared.adapters.service_bus_dead_letters import ServiceBusDeadLetters

        return ServiceBusDeadLetters(self.settings.service_bus)

    @cached_property
    def jobs(self) -> "LakehouseJobs":
        from shared.adapters.databricks_jobs import DatabricksJobs

        return DatabricksJobs(self.settings)

    @cached_property
    def emr(self) -> "EmrReader":
        from shared.adapters.emr_sql import SqlEmrReader

        return SqlEmrReader(self.settings.emr_databases)

    @cached_property
    def code_apis(self) -> "CodeSetReader":
        from shared.adapters.code_set_http import HttpCodeSetReader

        return HttpCodeSetReader(self.settings)

    @cached_property
    def clock(self) -> "Clock":
        from shared.adapters.system import SystemClock

        return SystemClock()

    @cached_property
    def ids(self) -> "Ids":
        from shared.adapters.system import SystemIds

        return SystemIds()


def services() -> Services:
    """The one set of services of this process, with telemetry on its way out."""
    with _one_at_a_time:  # a cache lets two first callers both make them, and then all telemetry leaves twice
        return _services()


@cache
def _services() -> Services:
    from shared.adapters.telemetry import make_exporter
    from shared.telemetry import install

    made = Services()
    install(make_exporter(made.settings))
    return made
