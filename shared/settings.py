"""The only list of setting names: environment in, frozen values out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from shared.errors import ConfigurationError

MODES = ("local", "production")
WEBHOOK_SCHEMES = {"local": ("http", "https"), "production": ("https",)}
EXPORTERS = ("azure_monitor", "opencensus", "none")
AUTHENTICATION = "WEBSITE_AUTH_ENABLED"  # App Service says so itself, where its authentication is on
SECRET_NAMES = ("RCM_STORAGE", "RCM_SERVICE_BUS", "RCM_DATABRICKS_TOKEN")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service to talk to: by `connection_string` (local) or by `name` with the app's identity (Azure)."""

    connection_string: str
    name: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting the program reads; `local.settings.sample.json` holds a local value for each."""

    mode: str
    is_authenticated: bool
    storage: Endpoint
    storage_root: str
    service_bus: Endpoint
    databricks_host: str
    databricks_token: str
    databricks_jobs: Mapping[str, int]
    lake_root: str
    metadata_path: str
    queue_ingestion_requests: str
    queue_databricks_run_requests: str
    group_settle: timedelta
    group_limit: timedelta
    follow_every: timedelta
    run_attempts: int
    emr_databases: Mapping[str, str]
    code_origins: Mapping[str, str]
    http_allowed_origins: tuple[str, ...]
    telemetry_exporter: str
    telemetry_connection_string: str
    alert_webhook_url: str

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Reads and checks the settings. ConfigurationError names the setting; it never quotes a value."""
        mode = _one_of(env, "RCM_MODE", MODES, "production")
        if mode == "production":
            _refuse_secrets(env)
        return cls(
            mode=mode,
            is_authenticated=env.get(AUTHENTICATION, "").lower() == "true",
            storage=_endpoint(env, "RCM_STORAGE", "accountName"),
            storage_root=_required(env, "RCM_STORAGE_ROOT"),
            service_bus=_endpoint(env, "RCM_SERVICE_BUS", "fullyQualifiedNamespace"),
            databricks_host=_required(env, "RCM_DATABRICKS_HOST"),
            databricks_token=env.get("RCM_DATABRICKS_TOKEN", ""),
            databricks_jobs=_job_ids(env, "RCM_DATABRICKS_JOBS"),
            lake_root=_required(env, "RCM_LAKE_ROOT"),
            metadata_path=env.get("RCM_METADATA_PATH", ""),
            queue_ingestion_requests=env.get("RCM_QUEUE_INGESTION_REQUESTS", "ingestion-requests"),
            queue_databricks_run_requests=env.get("RCM_QUEUE_DATABRICKS_RUN_REQUESTS", "databricks-run-requests"),
            group_settle=_seconds(env, "RCM_GROUP_SETTLE_SECONDS", 5),
            group_limit=_seconds(env, "RCM_GROUP_LIMIT_SECONDS", 60),
            follow_every=_seconds(env, "RCM_FOLLOW_SECONDS", 15),
            run_attempts=_whole(env, "RCM_RUN_ATTEMPTS", 3),
            emr_databases=_mapping(env, "RCM_EMR_DATABASES"),
            code_origins=_mapping(env, "RCM_CODE_ORIGINS"),
            http_allowed_origins=tuple(_list(env, "RCM_HTTP_ALLOWED_ORIGINS")),
            telemetry_exporter=_one_of(env, "RCM_TELEMETRY_EXPORTER", EXPORTERS, "azure_monitor"),
            telemetry_connection_string=env.get("APPLICATIONINSIGHTS_CONNECTION_STRING", ""),
            alert_webhook_url=_address(env, "RCM_ALERT_WEBHOOK_URL", WEBHOOK_SCHEMES[mode]),
        )


def _refuse_secrets(env: Mapping[str, str]) -> None:
    for name in SECRET_NAMES:
        if env.get(name):
            raise ConfigurationError("secret_in_production", f"setting {name} carries a secret; use the app's identity")


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if not value:
        raise ConfigurationError("missing_setting", f"setting {name} is missing or empty")
    return value


def _endpoint(env: Mapping[str, str], name: str, suffix: str) -> Endpoint:
    endpoint = Endpoint(env.get(name, ""), env.get(f"{name}__{suffix}", ""))
    if not (endpoint.connection_string or endpoint.name):
        raise ConfigurationError("missing_setting", f"setting {name}__{suffix} (or, locally, {name}) is missing")
    return endpoint


def _one_of(env: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    value = env.get(name, default)
    if value not in known:
        raise ConfigurationError("bad_setting", f"setting {name} must be one of {', '.join(known)}")
    return value


def _seconds(env: Mapping[str, str], name: str, default: float) -> timedelta:
    try:
        length = timedelta(seconds=float(env.get(name, default)))
    except (ValueError, OverflowError):
        length = -timedelta.resolution
    if length < timedelta(0):
        raise ConfigurationError("bad_setting", f"setting {name} must be a number of seconds")
    return length


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ConfigurationError("bad_setting", f"setting {name} must be a whole number from 1 on")
    return int(text)


def _address(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    value = env.get(name, "")
    if value and value.partition("://")[0].lower() not in schemes:
        raise ConfigurationError("bad_setting", f"setting {name} must be an address of {' or '.join(schemes)}")
    return value


def _parsed(env: Mapping[str, str], name: str, empty: str) -> object:
    try:
        return json.loads(env.get(name) or empty)
    except ValueError:
        return None


def _mapping(env: Mapping[str, str], name: str) -> dict[str, str]:
    value = _parsed(env, name, "{}")
    if not isinstance(value, dict):
        raise ConfigurationError("bad_setting", f"setting {name} must be a JSON object")
    return {str(key): str(item) for key, item in value.items()}


def _job_ids(env: Mapping[str, str], name: str) -> dict[str, int]:
    ids = _mapping(env, name)
    if not all(number.isascii() and number.isdecimal() for number in ids.values()):
        raise ConfigurationError("bad_setting", f"setting {name} must map names of jobs to their numbers")
    return {job: int(number) for job, number in ids.items()}


def _list(env: Mapping[str, str], name: str) -> list[str]:
    value = _parsed(env, name, "[]")
    if not isinstance(value, list):
        raise ConfigurationError("bad_setting", f"setting {name} must be a JSON array")
    return [str(item) for item in value]
