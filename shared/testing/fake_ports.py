"""All ports as fakes behind one gate: what a flow is given in tests and in the simulator."""

from collections.abc import Mapping
from datetime import timedelta

from shared.metadata import Metadata
from shared.model.source import SourceDefinition
from shared.pipeline.check import RecordChecker
from shared.ports import CodeSetReader, EmrReader
from shared.settings import Settings
from shared.testing.fake_clock import FakeClock, FakeIds
from shared.testing.fake_code_set_reader import FakeCodeSetReader
from shared.testing.fake_dead_letters import FakeDeadLetters
from shared.testing.fake_emr_reader import FakeEmrReader
from shared.testing.fake_file_store import FakeFileStore
from shared.testing.fake_lakehouse_jobs import FakeLakehouseJobs
from shared.testing.fake_ledger import FakeLedger
from shared.testing.fake_message_bus import FakeMessageBus
from shared.testing.gate import Gate, open_gate

SETTINGS = {
    "RCM_MODE": "local",
    "RCM_STORAGE": "fake",
    "RCM_STORAGE_ROOT": "fake://{container}",
    "RCM_SERVICE_BUS": "fake",
    "RCM_DATABRICKS_HOST": "http://fake",
    "RCM_DATABRICKS_JOBS": '{"rcm_medallion": 1}',
    "RCM_LAKE_ROOT": "fake://lake",
    "RCM_TELEMETRY_EXPORTER": "none",
}


class FakePorts:
    """Fulfils `Ports`. The fakes share one clock; each is a plain attribute that a test may look into."""

    def __init__(
        self,
        metadata: Metadata,
        gate: Gate = open_gate,
        settings: Mapping[str, str] | None = None,
        checkers: dict[str, RecordChecker] | None = None,
    ) -> None:
        """`checkers` may be shared by many: compiling the schemas is most of the cost of a short simulation."""
        self.clock = FakeClock()
        self.ids = FakeIds()
        self.files = FakeFileStore(self.clock, gate)
        self.ledger = FakeLedger(gate)
        self.bus = FakeMessageBus(self.clock, gate, lock=timedelta(minutes=5))
        self.dead_letters = FakeDeadLetters(self.bus)
        self.jobs = FakeLakehouseJobs(self.clock, gate)
        self.metadata = metadata
        self.settings = Settings.from_env({**SETTINGS, **(settings or {})})
        self.fake_emr = FakeEmrReader(gate)
        self.fake_code_apis = FakeCodeSetReader(gate)
        self.emr: EmrReader = self.fake_emr
        self.code_apis: CodeSetReader = self.fake_code_apis
        self._checkers = {} if checkers is None else checkers

    @property
    def sender(self) -> FakeMessageBus:
        """The sending side of the bus."""
        return self.bus

    def checker(self, source: SourceDefinition) -> RecordChecker:
        if source.source_id not in self._checkers:
            schemas = (source.record_schema, source.advisory_schema)
            self._checkers[source.source_id] = RecordChecker(*schemas, source.format.kind)
        return self._checkers[source.source_id]
