"""`python -m local.telemetry_sink --folder <dir>`: the sink as a service of the local world."""

import asyncio
import sys
from argparse import Namespace
from pathlib import Path

from aiohttp import web

from local.supervisor.contract import announce, service_parser, stop_asked
from local.telemetry_sink.api import application
from local.telemetry_sink.envelopes import EnvelopeStore

INSTRUMENTATION_KEY = "00000000-0000-0000-0000-000000000000"


async def serve(arguments: Namespace) -> None:
    """Serves until asked to stop."""
    asked = stop_asked(arguments.exit_with_parent)
    runner = web.AppRunner(application(EnvelopeStore(arguments.folder)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", arguments.port).start()
    port = runner.addresses[0][1]
    address = f"http://127.0.0.1:{port}"
    ingestion = f"InstrumentationKey={INSTRUMENTATION_KEY};IngestionEndpoint={address};LiveEndpoint={address}"
    announce(arguments.ready_file, "telemetry_sink", port, connection_string=ingestion)
    await asyncio.to_thread(asked.wait)
    await runner.cleanup()


if __name__ == "__main__":
    parser = service_parser("telemetry_sink", __doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the envelopes are kept")
    sys.exit(asyncio.run(serve(parser.parse_args())))
