from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import telemetry
from shared.metadata import Metadata, load_metadata
from shared.testing.fake_ports import FakePorts
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

METADATA = Path(__file__).parents[3] / "metadata"


@pytest.fixture(scope="session")
def metadata() -> Metadata:
    return load_metadata(METADATA)


@pytest.fixture
def ports(metadata: Metadata) -> FakePorts:
    return FakePorts(metadata)


@pytest.fixture
def line(ports: FakePorts) -> Line:
    return Line(ports)


@pytest.fixture
def told() -> Iterator[RecordingExporter]:
    """Keeps what telemetry says meanwhile."""
    exporter = RecordingExporter()
    telemetry.install(exporter)
    yield exporter
    telemetry.install(telemetry.LogExporter())
