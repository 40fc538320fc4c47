import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from typing import Any

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.exceptions import ServiceBusError

# The SDK leaves sockets open when a broker dies.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")]

StartBroker = Callable[..., Any]

_ROOT = Path(__file__).parents[3]


def test_a_broker_says_where_it_listens(start_broker: StartBroker) -> None:
    broker = start_broker()
    assert broker.ready == {
        "name": "service_bus",
        "port": broker.port,
        "pid": broker.process.pid,
        "connection_string": f"Endpoint=sb://127.0.0.1:{broker.port};SharedAccessKeyName=local;"
        "SharedAccessKey=local;UseDevelopmentEmulator=true;",
    }


def test_a_broker_stops_cleanly_when_told_to_although_clients_are_there(start_broker: StartBroker) -> None:
    broker = start_broker()
    with ServiceBusClient.from_connection_string(broker.connection_string) as client:
        client.get_queue_sender("requests").send_messages(ServiceBusMessage("work"))
        broker.process.send_signal(signal.SIGTERM)
        assert broker.process.wait(timeout=5) == 0


def test_a_broker_ends_with_its_parent_if_it_is_to(start_broker: StartBroker) -> None:
    broker = start_broker("--exit-with-parent")
    broker.process.stdin.close()
    assert broker.process.wait(timeout=5) == 0


def test_a_broker_outlives_the_end_of_its_input_otherwise(start_broker: StartBroker) -> None:
    broker = start_broker()
    broker.process.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):
        broker.process.wait(timeout=0.5)


@pytest.mark.parametrize(
    ("config", "journal", "told"),
    [
        ({"queues": {"requests": {"lock": 1}}}, "", "queue requests: known settings are lock_seconds"),
        ({"queues": {"requests": {}}}, "[]\n[oops]\n[]\n", "line 2 is damaged"),
        ({"queues": {"requests": {}}}, '[["requests",{"change":"removed","number":1}]]\n', "contradicts itself"),
        (
            {"queues": {"requests": {}}},
            '[["gone",{"change":"stored","number":1,"message":"","enqueued_at":0,"state":0}]]\n',
            "holds messages of queue gone",
        ),
    ],
)
def test_a_broker_that_cannot_go_by_what_it_is_given_says_why(
    tmp_path: Path, config: dict[str, Any], journal: str, told: str
) -> None:
    (tmp_path / "queues.json").write_text(json.dumps(config))
    (tmp_path / "journal.jsonl").write_text(journal)
    paths = ["--config", tmp_path / "queues.json", "--journal", tmp_path, "--ready-file", tmp_path / "ready.json"]
    ended = subprocess.run(
        [sys.executable, "-m", "local.service_bus", *map(str, paths)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "ready.json").exists()


def test_a_broker_that_cannot_write_answers_for_nothing_more_and_ends(
    start_broker: StartBroker, connect: Callable[[str], Any]
) -> None:
    broker = start_broker()
    prlimit(broker.process.pid, RLIMIT_FSIZE, (20_000, RLIM_INFINITY))
    sender = connect(broker.connection_string).open_sender("requests")
    answered = 0

    def send_until_refused() -> None:
        nonlocal answered
        while answered < 100:
            sender.send_messages(ServiceBusMessage("x" * 1000))
            answered += 1

    with pytest.raises(ServiceBusError):
        send_until_refused()
    assert broker.process.wait(timeout=5) == 1
    again = start_broker()
    receiver = connect(again.connection_string).open_receiver("requests")
    assert len(receiver.peek_messages(100)) == answered
