"""The function app's own flows over a folder: files in, wave by wave, until a Databricks run has been asked for.

Registering, checking, staging, telling duplicates, withdrawing, grouping and the manifest are the program's. Only what
surrounds them stands in: a folder for blob storage, tables and queues in memory, and a clock that shows the business
day on which a file arrives.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from local.verify_truth.control_totals import control_totals
from local.verify_truth.folder_store import FolderStore
from local.world.sending.deliveries import LandingFile, Wave
from shared.flows.register import recorded, register
from shared.flows.reprocess import accept
from shared.flows.take_message import take_ingestion_request, take_run_request
from shared.metadata import load_metadata
from shared.model.file_version import ArrivalHint
from shared.model.ingestion import Ingestion
from shared.model.request import RequestKind, Selection
from shared.model.source import SourceDefinition
from shared.pipeline.check import RecordChecker
from shared.settings import Settings
from shared.testing.fake_clock import FakeClock, FakeIds
from shared.testing.fake_dead_letters import FakeDeadLetters
from shared.testing.fake_lakehouse_jobs import FakeLakehouseJobs
from shared.testing.fake_ledger import FakeLedger
from shared.testing.fake_message_bus import FakeMessageBus
from shared.testing.fake_ports import SETTINGS
from shared.testing.fake_run import FakeRun

STORAGE = "storage"
LAKE = "lake"
OPENING = time(6, tzinfo=UTC)
SECONDS_TO_SETTLE = 120


class IntakePorts:
    """Fulfils `Ports`, with all files below `folder`."""

    def __init__(self, folder: Path, metadata: Path, starts_on: date) -> None:
        self.clock = FakeClock(datetime.combine(starts_on, OPENING))
        self.ids = FakeIds()
        self.files = FolderStore(folder / STORAGE, self.clock)
        self.ledger = FakeLedger()
        self.sender = FakeMessageBus(self.clock)
        self.dead_letters = FakeDeadLetters(self.sender)
        self.jobs = FakeLakehouseJobs(self.clock)
        self.metadata = load_metadata(metadata)
        self.settings = Settings.from_env({**SETTINGS, **_roots(folder)})
        self.emr: Any = None
        self.code_apis: Any = None
        self._checkers: dict[str, RecordChecker] = {}

    def checker(self, source: SourceDefinition) -> RecordChecker:
        if source.source_id not in self._checkers:
            schemas = (source.record_schema, source.advisory_schema)
            self._checkers[source.source_id] = RecordChecker(*schemas, source.format.kind)
        return self._checkers[source.source_id]


def _roots(folder: Path) -> Mapping[str, str]:
    return {"RCM_STORAGE_ROOT": f"{folder}/{STORAGE}/{{container}}", "RCM_LAKE_ROOT": f"{folder}/{LAKE}"}


class Intake:
    """Takes waves in. `ingestions` holds how every file ended, by landing path."""

    def __init__(self, ports: IntakePorts, landing: Path) -> None:
        self._ports = ports
        self._landing = landing
        self._version_ids: dict[str, str] = {}

    def take(self, wave: Wave) -> FakeRun:
        """Withdraws, then lands and ingests the wave's files; the Databricks run that the program asked for."""
        self._until(wave.known_on if wave.withdrawn else wave.files[0].known_on)
        for path in wave.withdrawn:
            self._withdraw(path)
        for file in wave.files:
            self._until(file.known_on)
            self.deliver(self._landing / file.path, file.path, self.stated(file))
        self._work("databricks-run-requests")
        self._ports.clock.advance(SECONDS_TO_SETTLE)
        self._work("databricks-run-requests")
        [run] = self._ports.jobs.active()
        return run

    def end(self, run: FakeRun, result_state: str) -> None:
        """Tells the program how the run ended."""
        self._ports.jobs.finish(run.databricks_run_id, result_state)
        self._ports.clock.advance(SECONDS_TO_SETTLE)
        self._work("databricks-run-requests")

    def ingestions(self) -> Iterator[tuple[str, Ingestion]]:
        """Every file by its landing path, and how it ended."""
        for path, version_id in self._version_ids.items():
            yield path, recorded(self._ports, version_id)

    def deliver(self, bytes_of: Path, path: str, stated: Mapping[str, str]) -> Ingestion:
        """Lands a file with the control totals that its sender states, and ingests it; how that ended."""
        version = self._ports.files.land(bytes_of, path, stated)
        self._version_ids[path] = version.file_version_id
        register(self._ports, ArrivalHint(path, version.etag))
        self._work("ingestion-requests")
        self._ports.clock.advance(1)
        return recorded(self._ports, version.file_version_id)

    def source(self, source_id: str) -> SourceDefinition:
        """The program's definition of a source."""
        return self._ports.metadata.sources[source_id]

    def stated(self, file: LandingFile) -> Mapping[str, str]:
        """The control totals of a file of the world."""
        return control_totals(self._landing / file.path, self.source(file.source_id))

    def _withdraw(self, path: str) -> None:
        selection = Selection(file_version_ids=(self._version_ids[path],))
        accept(self._ports, RequestKind.WITHDRAW, selection, "verify_truth", f"withdraw {path}")
        self._work("ingestion-requests")

    def _until(self, day: date) -> None:
        """Lets time pass until the morning of a day, if that still lies ahead."""
        seconds = (datetime.combine(day, OPENING) - self._ports.clock.now()).total_seconds()
        if seconds > 0:
            self._ports.clock.advance(seconds)

    def _work(self, queue: str) -> None:
        """Takes what the queue has now; nothing here fails for a while only, so what fails ends the verification."""
        take = take_ingestion_request if queue == "ingestion-requests" else take_run_request
        while delivery := self._ports.sender.receive(queue):
            take(self._ports, delivery.body, delivery.message_id)
            self._ports.sender.complete(delivery)
