"""The ready file is whole or not there."""

import json
import os
from pathlib import Path

from local.supervisor.contract import announce, service_parser
from local.supervisor.ports import free_ports, is_free


def test_a_service_says_where_it_listens_and_who_it_is(tmp_path: Path) -> None:
    announce(tmp_path / "ready" / "x.json", "x", 17, url="http://h")
    written = json.loads((tmp_path / "ready" / "x.json").read_text())
    assert written == {"name": "x", "port": 17, "pid": os.getpid(), "url": "http://h"}
    assert [path.name for path in (tmp_path / "ready").iterdir()] == ["x.json"]


def test_every_service_takes_the_same_arguments(tmp_path: Path) -> None:
    taken = service_parser("x").parse_args(["--port", "1", "--ready-file", str(tmp_path), "--exit-with-parent"])
    assert (taken.port, taken.ready_file, taken.exit_with_parent) == (1, tmp_path, True)


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(is_free(port) for port in ports)
