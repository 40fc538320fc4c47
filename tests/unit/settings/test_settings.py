"""A setting that is missing or wrong is named, and its value is never quoted."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from shared.errors import ConfigurationError
from shared.settings import SECRET_NAMES, Settings

SAMPLE = json.loads((Path(__file__).parents[3] / "local.settings.sample.json").read_text())["Values"]
IN_AZURE = {
    **{name: value for name, value in SAMPLE.items() if name not in SECRET_NAMES},
    "RCM_MODE": "production",
    "RCM_STORAGE__accountName": "account",
    "RCM_SERVICE_BUS__fullyQualifiedNamespace": "bus.servicebus.windows.net",
}


def refusal(env: dict[str, str]) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as raised:
        Settings.from_env(env)
    return raised.value


def test_the_sample_is_read_whole() -> None:
    settings = Settings.from_env(SAMPLE)
    assert (settings.databricks_jobs, settings.run_attempts) == ({"rcm_medallion": 1}, 3)
    assert (settings.group_limit, settings.is_production) == (timedelta(minutes=1), False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RCM_MODE", "odd-value"),
        ("RCM_STORAGE_ROOT", ""),
        ("RCM_DATABRICKS_JOBS", '{"rcm_medallion": "odd-value"}'),
        ("RCM_DATABRICKS_JOBS", '["odd-value"]'),
        ("RCM_HTTP_ALLOWED_ORIGINS", '{"odd-value": 1}'),
        ("RCM_GROUP_SETTLE_SECONDS", "odd-value"),
        ("RCM_GROUP_LIMIT_SECONDS", "nan"),
        ("RCM_FOLLOW_SECONDS", "-1"),
        ("RCM_RUN_ATTEMPTS", "inf"),
        ("RCM_RUN_ATTEMPTS", "0"),
        ("RCM_ALERT_WEBHOOK_URL", "file:///odd-value"),
    ],
)
def test_a_wrong_setting_is_named_and_not_quoted(name: str, value: str) -> None:
    refused = refusal({**SAMPLE, name: value})
    assert name in str(refused)
    assert "odd-value" not in str(refused)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_what_carries_a_secret_is_refused_in_production(name: str) -> None:
    assert refusal({**IN_AZURE, name: "odd-value"}).code == "secret_in_production"


def test_alerts_leave_production_by_https_only() -> None:
    address = "http://alerts.example/odd-value"
    assert "RCM_ALERT_WEBHOOK_URL" in str(refusal({**IN_AZURE, "RCM_ALERT_WEBHOOK_URL": address}))
    assert Settings.from_env({**SAMPLE, "RCM_ALERT_WEBHOOK_URL": address}).alert_webhook_url == address
