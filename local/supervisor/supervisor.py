"""Starts the services, starts again whatever dies, stops them in order."""

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.supervisor.service import Plan, Service
from local.supervisor.service_process import ServiceProcess
from local.supervisor.sweep import remember, sweep

logger = logging.getLogger(__name__)

WATCH_SECONDS = 0.2
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0  # a service that lived so long starts again at once


class Supervisor:
    """Keeps the services of one world alive. Its methods may be called from any thread."""

    def __init__(self, plan: Plan, services: Sequence[Service]) -> None:
        self._plan = plan
        self._services = {service.name: service for service in services}
        self._processes = {service.name: self._process(service) for service in services}
        self._wanted: set[str] = set()
        self._spawned_at: dict[str, float] = {}
        self._pause: dict[str, float] = {}
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="watch-services")

    def open(self) -> None:
        """Ends leftovers of an earlier supervisor and begins to watch."""
        sweep(self._notes)
        self._watcher.start()

    def start(self, *names: str) -> None:
        """Starts services side by side and waits until all are ready. WorldError if one does not get there."""
        for name in names:
            with self._lock:
                self._wanted.add(name)
                self._spawn(name)
        for name in names:
            self.wait_until_ready(name)
        self._remember()

    def stop(self, *names: str) -> None:
        """Stops services side by side, cleanly; they stay down until started."""
        with self._lock:
            self._wanted.difference_update(names)
        with ThreadPoolExecutor(max_workers=len(names) or 1) as pool:
            list(pool.map(lambda name: self._processes[name].stop(), names))
        self._remember()

    def kill(self, name: str) -> None:
        """kill -9. The watcher starts the service again, on its ports."""
        with self._lock:
            self._processes[name].kill()

    def wait_until_ready(self, name: str) -> dict[str, Any]:
        """What the service wrote when it listened; waits for it to, also while the watcher is about to start it."""
        return self._processes[name].wait_until_ready()

    def pid(self, name: str) -> int | None:
        """The process of a service; None while it has none."""
        return self._processes[name].pid

    def close(self) -> None:
        """Stops everything, the highest tier first."""
        self._closing.set()
        self._watcher.join()
        for tier in sorted({service.tier for service in self._services.values()}, reverse=True):
            self.stop(*(name for name, service in self._services.items() if service.tier == tier))
        self._notes.unlink(missing_ok=True)

    def _watch(self) -> None:
        while not self._closing.wait(WATCH_SECONDS):
            with self._lock:
                for name in sorted(self._wanted):
                    if not self._processes[name].is_alive:
                        self._start_again(name)

    def _start_again(self, name: str) -> None:
        lived = time.monotonic() - self._spawned_at[name]
        pause = FIRST_PAUSE if lived > STEADY_SECONDS else self._pause.get(name, FIRST_PAUSE)
        if lived < pause:
            return
        self._pause[name] = min(pause * 2, LONGEST_PAUSE)
        logger.warning("%s ended; starting it again", name)
        self._spawn(name)
        self._remember()

    def _spawn(self, name: str) -> None:
        self._spawned_at[name] = time.monotonic()
        self._processes[name].spawn()

    def _process(self, service: Service) -> ServiceProcess:
        name = service.name
        return ServiceProcess(name, service.command(self._plan), self._plan.log(name), self._plan.ready_file(name))

    def _remember(self) -> None:
        with self._lock:
            remember(self._notes, [process.pid for process in self._processes.values() if process.pid is not None])

    @property
    def _notes(self) -> Path:
        return self._plan.root / "processes.json"
