"""What a stage costs: wall and processor seconds and memory of the session's processes, and the files it leaves."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOKS_PER_SECOND = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """`cpu` is user and system time of all threads; `peak_mb` resident memory at its highest while the stage ran.

    `files` and `megabytes` are of the data files that the stage added; logs of tables are not counted.
    """

    wall: float
    cpu: float
    peak_mb: float
    files: int
    megabytes: float


class Meter:
    """Measures work done by the process `pid` tells of, and by its children, on the lake below `lake`."""

    def __init__(self, pid: Callable[[], int | None], lake: Path) -> None:
        self._pid = pid
        self._lake = lake

    def cost(self, work: Callable[[], object]) -> Cost:
        before, cpu = self._stored_files(), self._cpu()
        started = time.perf_counter()
        with self._watched() as peak:
            work()
        wall = time.perf_counter() - started
        added = {path: size for path, size in self._stored_files().items() if path not in before}
        return Cost(wall, self._cpu() - cpu, peak[0], len(added), sum(added.values()) / 1e6)

    def _cpu(self) -> float:
        """Of all that run, and of those that ended under them."""
        return self._sum(lambda process: sum(process.cpu_times()[:4]))

    def _resident_mb(self) -> float:
        return self._sum(_resident) / 1e6

    def _sum(self, read: Callable[[psutil.Process], float]) -> float:
        """A figure of the process and all below it; some live for an instant and can't be asked any more."""
        pid = self._pid()
        if pid is None:
            return 0.0
        process = psutil.Process(pid)
        total = 0.0
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += read(one)
        return total

    @contextmanager
    def _watched(self) -> Iterator[list[float]]:
        """The highest resident memory seen, in a list of one that grows while the work goes on."""
        peak = [0.0]
        over = threading.Event()

        def look() -> None:
            while not over.wait(1 / LOOKS_PER_SECOND):
                peak[0] = max(peak[0], self._resident_mb())

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield peak
        finally:
            over.set()
            watcher.join()

    def _stored_files(self) -> dict[Path, int]:
        return {path: path.stat().st_size for path in self._lake.rglob("*.parquet") if "_delta_log" not in path.parts}


def _resident(process: psutil.Process) -> float:
    memory = process.memory_full_info()
    return float(getattr(memory, "pss", memory.uss))  # the share of what is shared is told on Linux alone
