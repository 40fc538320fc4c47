"""`python -m local.azurite --location <dir> [--port n --queue-port n --table-port n]`.

A clean stop keeps every write. A kill -9 loses up to the last five seconds: Azurite saves its index on a timer.
"""

import subprocess
import sys
from pathlib import Path

from local.azurite.account import connection_string
from local.azurite.node import AzuriteError, start, wait_until_listening
from local.supervisor.contract import announce, service_parser, stop_asked
from local.supervisor.ports import free_ports

STOP_SECONDS = 15.0


def main() -> int:
    """0 after a clean stop, 1 if Azurite does not start or ends by itself."""
    parser = service_parser("azurite", __doc__)
    parser.add_argument("--location", type=Path, required=True, help="folder of the data")
    parser.add_argument("--queue-port", type=int, default=0)
    parser.add_argument("--table-port", type=int, default=0)
    arguments = parser.parse_args()
    wanted = (arguments.port, arguments.queue_port, arguments.table_port)
    blob, queue, table = (port or free for port, free in zip(wanted, free_ports(3), strict=True))
    try:
        node = start(arguments.location.resolve(), blob, queue, table)
        asked = stop_asked(arguments.exit_with_parent)
        wait_until_listening(node, [blob, queue, table])
    except AzuriteError as error:
        print(f"azurite: {error}", file=sys.stderr)
        return 1
    announce(arguments.ready_file, "azurite", blob, connection_string=connection_string(blob, queue, table))
    while not asked.wait(0.2) and node.poll() is None:
        pass
    return _stop(node) if asked.is_set() else 1


def _stop(node: subprocess.Popen[bytes]) -> int:
    node.terminate()
    try:
        node.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        node.kill()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
