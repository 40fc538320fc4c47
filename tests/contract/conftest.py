"""The real local parts that the contract suites run on, started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.supervisor.service import REPOSITORY
from local.supervisor.service_process import ServiceProcess
from local.supervisor.services import SERVICES
from local.supervisor.world import World

SAMPLE_BUNDLE = REPOSITORY / "tests" / "fixtures" / "sample_bundle"
QUEUE = {"lock_seconds": 2, "max_delivery_count": 3, "duplicate_window_seconds": 600}


@pytest.fixture(scope="session")
def storage_and_bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Azurite and the Service Bus stand-in, with the queues `contract` and `elsewhere`."""
    queues = {"contract": QUEUE, "elsewhere": QUEUE}
    with World(tmp_path_factory.mktemp("world"), ("azurite", "service_bus"), queues=queues) as world:
        yield world


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """The Databricks workspace stand-in with the sample bundle, which needs no Spark."""
    folder: Path = tmp_path_factory.mktemp("workspace")
    python = next(service.python() for service in SERVICES if service.name == "databricks_workspace")
    ready_file = folder / "ready.json"
    command = [python, "-m", "local.databricks_workspace", "--ready-file", str(ready_file), "--exit-with-parent"]
    places = ["--bundle", str(SAMPLE_BUNDLE), "--lake", str(folder / "lake"), "--state-dir", str(folder / "state")]
    process = ServiceProcess("workspace", [*command, *places, "--without-spark"], folder / "log", ready_file)
    process.spawn()
    process.wait_until_ready()
    yield process
    process.stop()
