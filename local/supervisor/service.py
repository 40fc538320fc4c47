"""What the supervisor must know of a service: how it starts, and which settings of the app point at it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

Ready = Mapping[str, Any]  # the content of a ready file


@dataclass(frozen=True, slots=True)
class Plan:
    """One world on disk, the ports its services keep for as long as it lives, and its storage's connection string."""

    root: Path
    app: Path
    bundle: Path
    ports: Mapping[str, Sequence[int]]
    storage: str

    @property
    def settings_file(self) -> Path:
        return self.root / "settings.json"

    @property
    def queues_file(self) -> Path:
        return self.root / "queues.json"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    def state(self, name: str) -> Path:
        """Where a service keeps what must outlive it."""
        return self.root / "state" / name

    def log(self, name: str) -> Path:
        return self.root / "logs" / f"{name}.log"

    def ready_file(self, name: str) -> Path:
        return self.root / "ready" / f"{name}.json"


@dataclass(frozen=True, slots=True)
class Service:
    """One service. It stops before those of a lower `tier`; `ports` is how many it listens on."""

    name: str
    tier: int
    python: Callable[[], str]
    arguments: Callable[[Plan], Sequence[str]]
    settings: Callable[[Ready], Mapping[str, str]]
    ports: int = 1

    def command(self, plan: Plan) -> list[str]:
        """The whole command line, by the contract that every service of the local world keeps."""
        contract = ["--port", str(plan.ports[self.name][0]), "--ready-file", str(plan.ready_file(self.name))]
        return [
            *(self.python(), "-m", f"local.{self.name}", *contract, "--exit-with-parent"),
            *self.arguments(plan),
        ]
