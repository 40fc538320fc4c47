"""What every service of the local world promises to whoever starts it (standard library only, any Python ≥ 3.12).

`python -m local.<name> --port <n|0> --ready-file <path> [--exit-with-parent] …`

- Once it listens it writes `{"name", "port", "pid", …}` to the ready file, whole or not at all.
- SIGTERM and SIGINT stop it cleanly. With `--exit-with-parent` so does the end of its standard input, which is how no
  service outlives a parent that was killed.
"""

import json
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path

HARD_STOP_SECONDS = 20.0


def service_parser(name: str, description: str | None = None) -> ArgumentParser:
    """An argument parser that already knows the arguments every service takes."""
    parser = ArgumentParser(prog=f"python -m local.{name}", description=description)
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--ready-file", type=Path, help="written as JSON once the service listens")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input ends")
    return parser


def announce(ready_file: Path | None, name: str, port: int, **addresses: object) -> None:
    """Writes the ready file in one step: a reader sees all of it or none."""
    if ready_file is None:
        return
    ready_file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = ready_file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"name": name, "port": port, "pid": os.getpid(), **addresses}))
    unfinished.replace(ready_file)


def stop_asked(exit_with_parent: bool) -> threading.Event:
    """An event that SIGTERM, SIGINT or, if asked for, the end of standard input sets. Call it on the main thread."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    if exit_with_parent:
        threading.Thread(target=_follow_parent, args=(asked,), daemon=True, name="follow-parent").start()
    return asked


def _follow_parent(asked: threading.Event) -> None:
    descriptor = sys.stdin.fileno()
    while os.read(descriptor, 1024):
        pass
    asked.set()
    threading.Event().wait(HARD_STOP_SECONDS)
    os._exit(1)  # a clean stop had its time; an orphan is worse than an unclean one
