"""The Databricks workspace of the local world: `python -m local.databricks_workspace --bundle databricks …`."""

import asyncio
import os
import secrets
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from aiohttp import web
from azure.storage.blob import BlobServiceClient

from local.databricks_workspace.api import JobsApi
from local.databricks_workspace.bundle import BundleError, read_bundle
from local.databricks_workspace.conductor import Conductor
from local.databricks_workspace.entry_points import source_folder
from local.databricks_workspace.run_store import RunStore
from local.databricks_workspace.warm_worker import WarmWorker, WorkerCommand
from local.set_up.spark_conf import local_spark_environment
from local.supervisor.contract import announce, service_parser, stop_asked

NAME = "databricks_workspace"
PATIENCE: dict[str, Any] = {
    "retry_total": 3,
    "initial_backoff": 1,
    "increment_base": 2,
}  # seconds; the SDK's own first wait is 15
REPOSITORY = Path(__file__).resolve().parents[2]


def parser() -> ArgumentParser:
    """The service's arguments; folders are made where they are missing."""
    arguments = service_parser(NAME, __doc__)
    arguments.add_argument("--bundle", type=Path, required=True, help="folder with databricks.yml and pyproject.toml")
    arguments.add_argument(
        "--storage", default="", help="connection string of the blob storage that runs read and write"
    )
    arguments.add_argument("--lake", type=Path, required=True, help="folder of the tables: the job parameter lake_root")
    arguments.add_argument("--state-dir", type=Path, required=True, help="runs, tokens, logs and scratch files")
    arguments.add_argument("--without-spark", action="store_true", help="no session: for bundles that need none")
    return arguments


async def serve(options: Namespace) -> None:
    """Serves until it is told to stop. The session starts at once; requests are answered meanwhile."""
    asked = stop_asked(options.exit_with_parent)
    jobs = read_bundle(options.bundle)
    store = RunStore(options.state_dir / "runs.sqlite")
    worker = WarmWorker(worker_command(options))
    storage = BlobServiceClient.from_connection_string(options.storage, **PATIENCE) if options.storage else None
    conductor = Conductor(jobs, store, worker, storage, options.bundle, options.state_dir, options.lake)
    token = kept_token(options.state_dir / "token")
    runner = web.AppRunner(JobsApi(jobs, store, conductor, token).application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()
    worker.warm_up()
    conductor.resume()
    port = runner.addresses[0][1]
    numbers = {job.key: job.job_id for job in jobs.values()}
    announce(options.ready_file, NAME, port, url=f"http://127.0.0.1:{port}", token=token, jobs=numbers)
    await asyncio.to_thread(asked.wait)
    await runner.cleanup()
    await conductor.stop()
    await worker.stop()
    store.close()


def worker_command(options: Namespace) -> WorkerCommand:
    """How the worker starts: in a folder of its own, with the bundle's code and Java on its paths."""
    source = source_folder(options.bundle)
    folder = options.state_dir / "worker"
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--source", str(source), "--repository", str(REPOSITORY), "--log", str(folder / "worker.log")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(source)))}
    if options.without_spark:
        return WorkerCommand([*arguments, "--without-spark"], environment, folder)
    return WorkerCommand(arguments, local_spark_environment(REPOSITORY, environment), folder)


def kept_token(path: Path) -> str:
    """The bearer token: made once, then the same at every start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def main() -> int:
    options = parser().parse_args()
    for name in ("bundle", "lake", "state_dir"):
        setattr(options, name, getattr(options, name).resolve())
    try:
        asyncio.run(serve(options))
    except (BundleError, OSError) as error:
        print(f"{NAME}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
