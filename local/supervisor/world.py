"""The local world as a whole: `with World(root) as world: …`. For `make local`, the demo and the tests."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.azurite.account import connection_string
from local.supervisor.errors import WorldError
from local.supervisor.metadata_check import check_metadata
from local.supervisor.ports import free_ports
from local.supervisor.service import REPOSITORY, Plan, Service
from local.supervisor.services import NAMES, SERVICES
from local.supervisor.storage import prepare_storage, write_queues
from local.supervisor.supervisor import Supervisor

WORLD_FILE = "world.json"


class World:
    """Services, data and settings below one folder. What it holds survives a stop; its ports last until the stop.

    `<root>/world.json` (for its owner only) tells addresses and keys while it runs; `<root>/logs/<service>.log` what
    happens.
    """

    def __init__(
        self,
        root: Path,
        services: Sequence[str] = NAMES,
        settings_overrides: Mapping[str, str] | None = None,
        *,
        app: Path = REPOSITORY,
        bundle: Path = REPOSITORY / "databricks",
        host_options: Mapping[str, Any] | None = None,
        queues: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        """`host_options`: section `Local` of the host's settings, keys aside. `queues`: settings of queues by name, in
        place of or beside those the app's settings name. WorldError for a service that does not exist.
        """
        unknown = set(services) - set(NAMES)
        if unknown:
            raise WorldError(f"unknown services {', '.join(sorted(unknown))}; known are {', '.join(NAMES)}")
        self._services = [service for service in SERVICES if service.name in services]
        self._overrides = dict(settings_overrides or {})
        self._queues = dict(queues or {})
        ports = {service.name: free for service, free in zip(self._services, _port_groups(self._services), strict=True)}
        storage = connection_string(*ports["azurite"]) if "azurite" in ports else self._overrides.get("RCM_STORAGE", "")
        self.plan = Plan(root.resolve(), app.resolve(), bundle.resolve(), ports, storage)
        self.function_key = secrets.token_urlsafe()
        self.master_key = secrets.token_urlsafe()
        keys = {"functionKey": self.function_key, "masterKey": self.master_key}
        self._host_options = dict(host_options or {}) | keys
        self._supervisor = Supervisor(self.plan, self._services)
        self._on_exit = ExitStack()
        self.settings: dict[str, str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            self.plan.root.mkdir(parents=True, exist_ok=True)
            on_failure.enter_context(_only_one(self.plan.root))
            self._start(on_failure)
            self._on_exit = on_failure.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._on_exit.close()

    def start(self, name: str) -> None:
        """Starts a stopped service and waits until it is ready."""
        self._supervisor.start(name)

    def stop(self, name: str) -> None:
        """Stops a service cleanly; it stays down until started."""
        self._supervisor.stop(name)

    def restart(self, name: str) -> None:
        """A clean stop and a start, on the same ports and data."""
        self._supervisor.stop(name)
        self._supervisor.start(name)

    def kill(self, name: str) -> None:
        """kill -9; the service comes back by itself, see `wait_until_ready`."""
        self._supervisor.kill(name)

    def wait_until_ready(self, name: str) -> Mapping[str, Any]:
        """What the service wrote when it listened; waits for it to."""
        return self._supervisor.wait_until_ready(name)

    def pid(self, name: str) -> int | None:
        """The process of a service; None while it has none."""
        return self._supervisor.pid(name)

    def address(self, name: str) -> str:
        """Where a service listens: `http://127.0.0.1:<port>`, and for Service Bus `sb://127.0.0.1:<port>`."""
        scheme = "sb" if name == "service_bus" else "http"
        return f"{scheme}://127.0.0.1:{self.plan.ports[name][0]}"

    def _start(self, on_failure: ExitStack) -> None:
        sample = _sample(self.plan.app)
        check_metadata(self.plan.app, sample | self._overrides)
        write_queues(self.plan.queues_file, sample | self._overrides, self._queues)
        self._supervisor.open()
        on_failure.callback(self._supervisor.close)
        below_host = [service for service in self._services if service.name != "host"]
        self._supervisor.start(*(service.name for service in below_host))
        if "azurite" in self.plan.ports:
            prepare_storage(self.plan.storage)
        self.settings = sample | self._addresses(below_host) | self._overrides
        _write_private(
            self.plan.settings_file, {"IsEncrypted": False, "Values": self.settings, "Local": self._host_options}
        )
        if "host" in self.plan.ports:
            self._supervisor.start("host")
        _write_private(self.plan.root / WORLD_FILE, self._description())
        on_failure.callback((self.plan.root / WORLD_FILE).unlink, missing_ok=True)

    def _addresses(self, services: Sequence[Service]) -> dict[str, str]:
        settings: dict[str, str] = {}
        for service in services:
            settings |= service.settings(self._supervisor.wait_until_ready(service.name))
        return settings

    def _description(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "addresses": {name: self.address(name) for name in self.plan.ports},
            "function_key": self.function_key,
            "master_key": self.master_key,
            "storage": self.settings.get("RCM_STORAGE", ""),
        }


def _port_groups(services: Sequence[Service]) -> list[list[int]]:
    ports = iter(free_ports(sum(service.ports for service in services)))
    return [[next(ports) for _ in range(service.ports)] for service in services]


def _sample(app: Path) -> dict[str, str]:
    path = app / "local.settings.sample.json"
    values: dict[str, str] = json.loads(path.read_text())["Values"] if path.exists() else {}
    return values


def _write_private(path: Path, content: Mapping[str, Any]) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)


@contextmanager
def _only_one(root: Path) -> Iterator[None]:
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorldError(f"a world is already running in {root}") from None
        yield
