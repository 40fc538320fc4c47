"""Azurite behind a proxy that loses answers on demand, and a Databricks workspace."""

import http.client
import re
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from local.supervisor.service import REPOSITORY
from local.supervisor.service_process import ServiceProcess
from local.supervisor.services import SERVICES
from local.supervisor.world import World
from shared.settings import Endpoint, Settings

SETTINGS = {
    "RCM_MODE": "local",
    "RCM_STORAGE": "x",
    "RCM_STORAGE_ROOT": "x",
    "RCM_SERVICE_BUS": "x",
    "RCM_LAKE_ROOT": "x",
}


class Proxy(ThreadingHTTPServer):
    """Passes requests on to Azurite; while `losing` is above 0, a request has its effect and no answer."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.target = target
        self.losing = 0
        self.lost = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


class Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection(self.server.target)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        if self.server.losing and self.command != "GET":
            self.server.losing -= 1
            self.server.lost += 1
            self.close_connection = True
            return
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_MERGE = _pass  # noqa: N815 - http.server's own names

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - as http.server calls it
        """Says nothing."""


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of an Azurite with all containers and tables."""
    with World(tmp_path_factory.mktemp("world"), ("azurite",)) as world:
        yield world.settings["RCM_STORAGE"]


@pytest.fixture
def proxy(azurite: str) -> Iterator[Proxy]:
    found = re.search(r"TableEndpoint=http://([^/;]+)", azurite)
    assert found
    server = Proxy(found[1])
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def proxied(azurite: str, proxy: Proxy) -> Endpoint:
    """Azurite's tables by way of the proxy."""
    return Endpoint(azurite.replace(proxy.target, f"127.0.0.1:{proxy.server_address[1]}"), "")


@pytest.fixture(scope="session")
def workspace_ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder: Path = tmp_path_factory.mktemp("workspace")
    python = next(service.python() for service in SERVICES if service.name == "databricks_workspace")
    bundle = REPOSITORY / "tests" / "fixtures" / "sample_bundle"
    places = ["--bundle", str(bundle), "--lake", str(folder / "lake"), "--state-dir", str(folder / "state")]
    contract = ["--ready-file", str(folder / "ready.json"), "--exit-with-parent", "--without-spark"]
    command = [python, "-m", "local.databricks_workspace", *places, *contract]
    process = ServiceProcess("workspace", command, folder / "log", folder / "ready.json")
    process.spawn()
    yield process.wait_until_ready()
    process.stop()


@pytest.fixture
def workspace_settings(workspace_ready: dict[str, Any]) -> Settings:
    """Settings that lead to a workspace with the sample bundle."""
    access = {"RCM_DATABRICKS_HOST": workspace_ready["url"], "RCM_DATABRICKS_TOKEN": workspace_ready["token"]}
    return replace(Settings.from_env({**SETTINGS, **access}), databricks_jobs=workspace_ready["jobs"])
