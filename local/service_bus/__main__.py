"""`python -m local.service_bus`: the broker as a process."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

from local.service_bus.journal import JournalError
from local.service_bus.server import connection_string, serve
from local.service_bus.settings import SettingsError, read_settings


def main() -> int:
    """Serves until SIGTERM, SIGINT, or the end of standard input with `--exit-with-parent`; 1 where it cannot."""
    arguments = _arguments()
    try:
        asyncio.run(_serve(arguments))
    except (SettingsError, JournalError, OSError) as error:
        print(f"service_bus: {error}", file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.service_bus", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--config", type=Path, required=True, help="JSON file that names the queues")
    parser.add_argument("--journal", type=Path, required=True, help="folder of its own for the journal")
    parser.add_argument("--ready-file", type=Path, required=True, help="written once the broker listens")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input ends")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    settings = read_settings(arguments.config)
    arguments.ready_file.unlink(missing_ok=True)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    if arguments.exit_with_parent:
        threading.Thread(target=_await_end_of_input, args=(loop, stopping), daemon=True).start()
    await serve(settings, arguments.journal, arguments.port, partial(_write_ready, arguments.ready_file), stopping)


def _await_end_of_input(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    # Not through sys.stdin: its lock, held by this thread, would be fatal when the interpreter ends.
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    with suppress(RuntimeError):  # the loop is closed: the broker has stopped for another reason
        loop.call_soon_threadsafe(stopping.set)


def _write_ready(path: Path, port: int) -> None:
    ready = {"name": "service_bus", "port": port, "pid": os.getpid(), "connection_string": connection_string(port)}
    partly = path.with_name(f"{path.name}.partly")
    partly.write_text(json.dumps(ready), encoding="utf-8")
    partly.replace(path)


if __name__ == "__main__":
    sys.exit(main())
