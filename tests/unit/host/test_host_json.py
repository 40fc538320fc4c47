"""host.json is read with Azure's defaults."""

import json
from pathlib import Path

import pytest

from local.host.errors import HostError
from local.host.host_json import HostLimits


def read(folder: Path, **content: object) -> HostLimits:
    (folder / "host.json").write_text(json.dumps({"version": "2.0"} | content))
    return HostLimits.from_app(folder)


def test_what_is_not_said_is_as_in_azure(tmp_path: Path) -> None:
    assert read(tmp_path) == HostLimits("api", 1800.0, 16, 1000, 300.0)


def test_what_is_said_counts(tmp_path: Path) -> None:
    bus = {"maxConcurrentCalls": 2, "maxMessageBatchSize": 7, "maxAutoLockRenewalDuration": "1.00:00:30"}
    extensions = {"http": {"routePrefix": "/v1/"}, "serviceBus": bus}
    assert read(tmp_path, functionTimeout="00:10:00", extensions=extensions) == HostLimits("v1", 600.0, 2, 7, 86430.0)


def test_a_time_limit_of_minus_one_is_none(tmp_path: Path) -> None:
    assert read(tmp_path, functionTimeout="-1").function_timeout is None


@pytest.mark.parametrize("content", [{"version": "1.0"}, {"functionTimeout": "5 min"}])
def test_what_azure_would_not_take_is_refused(tmp_path: Path, content: dict[str, str]) -> None:
    with pytest.raises(HostError, match=r"host\.json"):
        read(tmp_path, **content)


def test_a_missing_host_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"host\.json cannot be read"):
        HostLimits.from_app(tmp_path)
