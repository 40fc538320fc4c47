"""`python -m local.code_apis`: the code APIs as a service of the local world."""

import asyncio
import sys
from argparse import Namespace

from aiohttp import web

from local.code_apis.api import CodeApis
from local.supervisor.contract import announce, service_parser, stop_asked

ORIGINS = ("cms", "nppes", "nlm")


async def serve(arguments: Namespace) -> None:
    """Serves until asked to stop."""
    asked = stop_asked(arguments.exit_with_parent)
    runner = web.AppRunner(CodeApis(arguments.seed).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", arguments.port).start()
    port = runner.addresses[0][1]
    announce(arguments.ready_file, "code_apis", port, origins=dict.fromkeys(ORIGINS, f"http://127.0.0.1:{port}"))
    await asyncio.to_thread(asked.wait)
    await runner.cleanup()


if __name__ == "__main__":
    parser = service_parser("code_apis", __doc__)
    parser.add_argument("--seed", type=int, default=7, help="draws the providers")
    sys.exit(asyncio.run(serve(parser.parse_args())))
