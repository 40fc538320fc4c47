"""`python -m local.host --app <dir> --settings <file> --state-dir <dir> [--set NAME=value] --ready-file <file>`."""

import asyncio
import logging
import os
import sys
import threading
from argparse import Namespace
from functools import partial
from pathlib import Path

from local.host.app_settings import AppSettings
from local.host.errors import HostError
from local.host.logs import set_up_logs
from local.host.serve import open_host, serve
from local.supervisor.contract import announce, service_parser, stop_asked

logger = logging.getLogger(__name__)


def main() -> int:
    """0 after a clean stop; 1 if the app cannot be served, with one message; 2 after any other stop."""
    arguments = _arguments()
    set_up_logs()
    asked = stop_asked(arguments.exit_with_parent)
    try:
        if asyncio.run(_serve(arguments, asked)):
            return 0
    except HostError as error:
        print(f"host: {error}", file=sys.stderr)
        return 1
    except Exception:
        logger.exception("the host failed")
    os._exit(2)  # the interpreter would wait for the threads of functions that do not end


async def _serve(arguments: Namespace, asked: threading.Event) -> bool:
    settings = AppSettings.from_file(arguments.settings, dict(arguments.overrides))
    host = await open_host(arguments.app.resolve(), settings, arguments.state_dir)
    return await serve(host, arguments.port, partial(announce, arguments.ready_file, "host"), asked)


def _arguments() -> Namespace:
    parser = service_parser("host", __doc__)
    parser.add_argument("--app", type=Path, required=True, help="folder with function_app.py and host.json")
    parser.add_argument("--settings", type=Path, required=True, help="file in the shape of local.settings.json")
    parser.add_argument("--state-dir", type=_resolved, required=True, help="what the host remembers between starts")
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=value",
        help="overrides a setting",
    )
    arguments = parser.parse_args()
    arguments.ready_file = arguments.ready_file and arguments.ready_file.resolve()
    return arguments


def _resolved(text: str) -> Path:
    return Path(text).resolve()


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
