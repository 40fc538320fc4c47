"""The services of the local world, all of them. To add one: add it here."""

import json
import os
import sys
from collections.abc import Mapping

from local.supervisor.service import REPOSITORY, Plan, Ready, Service


def _app_python() -> str:
    return sys.executable


def _lakehouse_python() -> str:
    return os.environ.get("LOCAL_LAKEHOUSE_PYTHON", str(REPOSITORY / ".local" / "lakehouse" / "bin" / "python"))


def _azurite_arguments(plan: Plan) -> list[str]:
    _, queue, table = plan.ports["azurite"]
    ports = ["--queue-port", str(queue), "--table-port", str(table)]
    return ["--location", str(plan.state("azurite")), *ports]


def _azurite_settings(ready: Ready) -> Mapping[str, str]:
    return {"RCM_STORAGE": ready["connection_string"], "AzureWebJobsStorage": ready["connection_string"]}


def _service_bus_arguments(plan: Plan) -> list[str]:
    return ["--config", str(plan.queues_file), "--journal", str(plan.state("service_bus") / "journal")]


def _service_bus_settings(ready: Ready) -> Mapping[str, str]:
    return {"RCM_SERVICE_BUS": ready["connection_string"]}


def _telemetry_arguments(plan: Plan) -> list[str]:
    return ["--folder", str(plan.state("telemetry_sink"))]


def _telemetry_settings(ready: Ready) -> Mapping[str, str]:
    return {
        "APPLICATIONINSIGHTS_CONNECTION_STRING": ready["connection_string"],
        "RCM_TELEMETRY_EXPORTER": "azure_monitor",
    }


def _code_apis_settings(ready: Ready) -> Mapping[str, str]:
    return {
        "RCM_CODE_ORIGINS": json.dumps(ready.get("origins", {})),
        "RCM_HTTP_ALLOWED_ORIGINS": json.dumps([f"http://127.0.0.1:{ready['port']}"]),
    }


def _workspace_arguments(plan: Plan) -> list[str]:
    places = ["--lake", str(plan.lake), "--state-dir", str(plan.state("databricks_workspace"))]
    return ["--bundle", str(plan.bundle), "--storage", plan.storage, *places]


def _workspace_settings(ready: Ready) -> Mapping[str, str]:
    return {
        "RCM_DATABRICKS_HOST": ready["url"],
        "RCM_DATABRICKS_TOKEN": ready["token"],
        "RCM_DATABRICKS_JOBS": json.dumps(ready["jobs"]),
    }


def _host_arguments(plan: Plan) -> list[str]:
    return ["--app", str(plan.app), "--settings", str(plan.settings_file), "--state-dir", str(plan.state("host"))]


def _nothing(_: object) -> dict[str, str]:
    return {}


def _no_arguments(_: Plan) -> list[str]:
    return []


SERVICES: tuple[Service, ...] = (
    Service("azurite", 0, _app_python, _azurite_arguments, _azurite_settings, ports=3),
    Service("service_bus", 1, _app_python, _service_bus_arguments, _service_bus_settings),
    Service("telemetry_sink", 1, _app_python, _telemetry_arguments, _telemetry_settings),
    Service("code_apis", 1, _app_python, _no_arguments, _code_apis_settings),
    Service("databricks_workspace", 1, _lakehouse_python, _workspace_arguments, _workspace_settings),
    Service("host", 2, _app_python, _host_arguments, _nothing),
)
NAMES = tuple(service.name for service in SERVICES)
