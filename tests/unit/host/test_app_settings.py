"""The settings file is read closed: what is wrong in it is named, no value is."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.host.app_settings import AppSettings, Connection
from local.host.errors import HostError
from local.host.options import LocalOptions


def read(folder: Path, content: object, **overrides: str) -> AppSettings:
    path = folder / "settings.json"
    path.write_text(json.dumps(content))
    return AppSettings.from_file(path, overrides)


def settings(**values: str) -> AppSettings:
    return AppSettings(values, LocalOptions())


def test_overrides_win_over_the_file(tmp_path: Path) -> None:
    read_settings = read(tmp_path, {"IsEncrypted": False, "Values": {"A": "1", "B": "2"}}, B="3")
    assert read_settings.values == {"A": "1", "B": "3"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ([], "IsEncrypted"),
        ({"IsEncrypted": True}, "IsEncrypted"),
        ({"Values": {"A": 1}}, "Values"),
        ({"Local": {"functionkey": "x"}}, "functionkey; known are functionKey"),
        ({"Local": {"maxRequestBytes": "1"}}, "maxRequestBytes must be of type int"),
        ({"Local": {"eventGrid": {"pollSeconds": True}}}, "eventGrid.pollSeconds must be of type float"),
        ({"Local": {"eventGrid": []}}, "eventGrid must be a JSON object"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, content: object, named: str) -> None:
    with pytest.raises(HostError) as refused:
        read(tmp_path, content)
    assert named in str(refused.value)


def test_options_take_their_defaults_where_none_are_given(tmp_path: Path) -> None:
    options = read(tmp_path, {"Local": {"eventGrid": {"container": "inbox", "pollSeconds": 1}}}).options
    assert (options.event_grid.container, options.event_grid.poll_seconds) == ("inbox", 1)
    assert options.event_grid.max_attempts == 30
    assert len(options.function_key) > 20


def test_keys_that_nobody_chose_differ_from_start_to_start() -> None:
    assert LocalOptions().master_key != LocalOptions().master_key


def test_an_expression_reads_the_setting_it_names() -> None:
    assert settings(QUEUE="q").resolve("a-%QUEUE%-b") == "a-q-b"
    with pytest.raises(HostError, match="%NONE%"):
        settings().resolve("%NONE%")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"BUS": "Endpoint=x"}, Connection("Endpoint=x")),
        ({"AzureWebJobsBUS": "Endpoint=y"}, Connection("Endpoint=y")),
        (
            {"BUS__fullyQualifiedNamespace": "n.servicebus.windows.net"},
            Connection(namespace="n.servicebus.windows.net"),
        ),
    ],
)
def test_a_connection_is_found_where_azure_looks(values: dict[str, Any], expected: Connection) -> None:
    assert settings(**values).connection("BUS") == expected


def test_a_connection_that_is_nowhere_is_named() -> None:
    with pytest.raises(HostError, match="BUS__fullyQualifiedNamespace"):
        settings().connection("BUS")


@pytest.mark.parametrize("name", ["AzureWebJobs.tick.Disabled", "AzureWebJobs__tick__Disabled"])
def test_a_function_is_disabled_in_either_spelling(name: str) -> None:
    assert settings(**{name: "true"}).is_disabled("tick")
    assert not settings(**{name: "false"}).is_disabled("tick")
