"""Ends what an earlier supervisor left behind when it was killed itself."""

import json
from collections.abc import Iterable
from pathlib import Path

import psutil

END_SECONDS = 10.0


def remember(path: Path, pids: Iterable[int]) -> None:
    """Writes down the processes and all their descendants, with start times: a pid may come again."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps([entry for pid in pids for entry in _family(pid)]))
    unfinished.replace(path)


def sweep(path: Path) -> int:
    """Ends the processes written down that are still there, kindly first. Returns how many there were."""
    if not path.exists():
        return 0
    left = [process for entry in json.loads(path.read_text()) if (process := _same(entry["pid"], entry["started"]))]
    for process in left:
        process.terminate()
    _, stubborn = psutil.wait_procs(left, END_SECONDS)
    for process in stubborn:
        process.kill()
    path.unlink()
    return len(left)


def _family(pid: int) -> list[dict[str, float]]:
    try:
        process = psutil.Process(pid)
        members = [process, *process.children(recursive=True)]
        return [{"pid": member.pid, "started": member.create_time()} for member in members]
    except psutil.NoSuchProcess:
        return []


def _same(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        return process if process.create_time() == started else None
    except psutil.NoSuchProcess:
        return None
