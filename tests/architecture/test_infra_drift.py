"""What infra/ makes in Azure is what the program asks for, no more and no less, and nothing in it is a secret.

Read by a parser of Bicep, without Azure: names and properties are held here, types and API versions are not.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pycep import BicepParser

from local.package import DEPLOYED, LEFT_OUT
from local.supervisor import storage
from shared.model import commit
from shared.settings import Settings

BY_IDENTITY = {
    "AzureWebJobsStorage": {"AzureWebJobsStorage__accountName"},
    "RCM_STORAGE": {"RCM_STORAGE__accountName"},
    "RCM_SERVICE_BUS": {"RCM_SERVICE_BUS__fullyQualifiedNamespace"},
    "RCM_DATABRICKS_TOKEN": set[str](),
    "FUNCTIONS_WORKER_RUNTIME": set[str](),  # Flex Consumption takes the runtime from functionAppConfig
}
OF_THE_HOST = {"AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME", "PYTHON_THREADPOOL_THREAD_COUNT"}
SWITCHES = {"AzureWebJobs.extract_emr.Disabled"}

OF_OTHERS = {"lake", "event-dead-letters"}
"""Containers that the program itself never opens."""

READER, CONTRIBUTOR = "Storage Blob Data Reader", "Storage Blob Data Contributor"
READING, WRITING = {"read", "read_range", "list", "describe"}, {"stage", "create", "archive", "delete"}

SECRETS = re.compile(r"listKeys|listAccountSas|AccountKey=|SharedAccessKey|[Pp]assword\s*[:=]|sig=[\w%]{8,}")


@pytest.fixture(scope="module")
def infra(repo_root: Path) -> dict[str, Any]:
    """The parsed templates by name."""
    return {path.stem: BicepParser().parse(file_path=path) for path in sorted((repo_root / "infra").glob("*.bicep"))}


@pytest.fixture(scope="module")
def sample(repo_root: Path) -> dict[str, str]:
    values: dict[str, str] = json.loads((repo_root / "local.settings.sample.json").read_text())["Values"]
    return values


@pytest.fixture(scope="module")
def app_settings(infra: Mapping[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = infra["function-app"]["resources"]["settings"]["config"]["properties"]
    return {name.strip("'"): value for name, value in properties.items()}


def test_the_sample_lists_every_setting_that_the_program_reads(repo_root: Path, sample: Mapping[str, str]) -> None:
    paths = [*python_files(repo_root, "functions"), *python_files(repo_root, "shared/settings.py")]
    texts = [path.read_text() for path in paths]
    names = {name for text in texts for name in re.findall(r"\bRCM_[A-Z_]*[A-Z]\b|\bAPPLICATIONINSIGHTS_\w+", text)}
    assert names == sample.keys() - OF_THE_HOST


def test_the_app_settings_are_those_of_the_sample_by_identity(
    app_settings: Mapping[str, Any], sample: Mapping[str, str]
) -> None:
    wanted = set().union(*(BY_IDENTITY.get(name, {name}) for name in sample))
    assert app_settings.keys() == wanted | SWITCHES


def test_production_mode_accepts_the_app_settings(app_settings: Mapping[str, Any]) -> None:
    env = {name: value if isinstance(value, str) else "" for name, value in app_settings.items()}
    from_vault = {name for name, value in env.items() if value.startswith("@Microsoft.KeyVault")}
    settings = Settings.from_env({**env, "RCM_DATABRICKS_JOBS": "{}", **dict.fromkeys(from_vault, "{}")})
    assert settings.is_production
    assert (settings.storage.connection_string, settings.service_bus.connection_string) == ("", "")
    assert set(settings.code_origins.values()) == set(settings.http_allowed_origins)


def test_the_queues_are_those_of_the_settings_and_lose_nothing_in_silence(
    infra: Mapping[str, Any], app_settings: Mapping[str, Any], sample: Mapping[str, str]
) -> None:
    named = {name: value for name, value in sample.items() if name.startswith("RCM_QUEUE_")}
    assert {name: app_settings[name] for name in named} == named
    assert set(variable(infra["messaging"], "queues")) == set(named.values())
    properties = infra["messaging"]["resources"]["queue"]["config"]["config"]["properties"]
    assert properties == {
        "lockDuration": "PT5M",
        "maxDeliveryCount": storage.QUEUE["max_delivery_count"],
        "requiresDuplicateDetection": True,
        "duplicateDetectionHistoryTimeWindow": f"PT{storage.QUEUE['duplicate_window_seconds'] // 60}M",
        "defaultMessageTimeToLive": "P14D",
        "deadLetteringOnMessageExpiration": True,
    }


def test_the_containers_and_tables_are_those_of_the_program_and_of_the_local_world(infra: Mapping[str, Any]) -> None:
    assert set(variable(infra["storage"], "containers")) == set(storage.CONTAINERS) | OF_OTHERS
    assert set(variable(infra["storage"], "tables")) == set(commit.TABLES) == set(storage.TABLES)


def test_the_app_may_do_with_each_container_what_the_flows_do_and_no_more(
    infra: Mapping[str, Any], repo_root: Path
) -> None:
    granted = {(grant["container"], grant["role"]) for grant in variable(infra["roles"], "appContainers")}
    assert granted == {(name, role) for name, role in roles_needed(repo_root).items()}


def test_the_app_sends_to_and_receives_from_each_queue_and_keeps_each_table(infra: Mapping[str, Any]) -> None:
    queues, tables = variable(infra["messaging"], "queues"), variable(infra["storage"], "tables")
    grants = {(grant["queue"], grant["role"]) for grant in variable(infra["roles"], "appQueues")}
    assert grants == {(name, f"Azure Service Bus Data {part}") for name in queues for part in ("Receiver", "Sender")}
    grants = {(grant["table"], grant["role"]) for grant in variable(infra["roles"], "appTables")}
    assert grants == {(name, "Storage Table Data Contributor") for name in tables}


def test_every_role_that_is_listed_is_granted_and_none_rules_over_resources(infra: Mapping[str, Any]) -> None:
    roles = infra["roles"]
    text = json.dumps([roles["resources"], roles["variables"]])
    listed = variable(roles, "roleIds")
    assert all(text.count(name.strip("'")) > 1 for name in listed)
    assert not [name for name in listed if name.strip("'") in ("Owner", "Contributor", "User Access Administrator")]
    elsewhere = [name for name, template in infra.items() if name != "roles" and "roleAssignments" in str(template)]
    assert elsewhere == []


def test_event_grid_tells_register_of_landing_and_keeps_what_it_could_not_deliver(
    infra: Mapping[str, Any], repo_root: Path
) -> None:
    properties = infra["events"]["resources"]["landing"]["config"]["properties"]
    assert properties["filter"]["subjectBeginsWith"] == "/blobServices/default/containers/landing/blobs/"
    assert set(properties["filter"]["includedEventTypes"]) == {
        "Microsoft.Storage.BlobCreated",
        "Microsoft.Storage.BlobRenamed",
    }
    function = properties["destination"]["properties"]["resourceId"].rpartition("/")[2]
    assert f'function_name("{function}")' in (repo_root / "functions/register.py").read_text()
    dead_letters = properties["deadLetterWithResourceIdentity"]
    assert dead_letters["identity"]["type"] == "SystemAssigned"
    assert dead_letters["deadLetterDestination"]["properties"]["blobContainerName"] == "event-dead-letters"


def test_an_operator_is_told_of_every_alert_of_the_program(infra: Mapping[str, Any], repo_root: Path) -> None:
    texts = (path.read_text() for path in python_files(repo_root, "shared"))
    raised = {name for text in texts for name in re.findall(r'telemetry\.alert\(\s*"(\w+)"', text)}
    assert set(variable(infra["alerts"], "programAlerts")) == raised


def test_no_account_opens_by_key_or_below_tls_1_2(infra: Mapping[str, Any]) -> None:
    accounts = list(resources(infra, "Microsoft.Storage/storageAccounts"))
    assert len(accounts) == 2
    for account in accounts:
        assert account["minimumTlsVersion"] == "TLS1_2"
        assert (account["allowSharedKeyAccess"], account["allowBlobPublicAccess"]) == (False, False)
    (bus,) = resources(infra, "Microsoft.ServiceBus/namespaces")
    assert (bus["disableLocalAuth"], bus["minimumTlsVersion"]) == (True, "1.2")
    (app,) = resources(infra, "Microsoft.Web/sites")
    assert (app["httpsOnly"], app["siteConfig"]["minTlsVersion"], app["siteConfig"]["ftpsState"]) == (
        True, "1.2", "Disabled",
    )  # fmt: skip


def test_anchors_cannot_be_changed_for_six_years(infra: Mapping[str, Any]) -> None:
    policy = infra["storage"]["resources"]["anchorPolicy"]["config"]
    assert "/anchors/" in policy["name"]
    assert infra["main"]["parameters"]["anchorDays"]["default"] >= 6 * 365


def test_no_template_holds_or_fetches_a_secret(repo_root: Path) -> None:
    files = [*(repo_root / "infra").iterdir(), repo_root / "azure.yaml"]
    assert [path.name for path in files if SECRETS.search(path.read_text())] == []


def test_the_settings_that_may_carry_a_secret_come_from_the_key_vault(infra: Mapping[str, Any]) -> None:
    for template in ("main", "key-vault"):
        parameters = infra[template]["parameters"].items()
        secure = {name for name, each in parameters if {"type": "secure"} in each["decorators"]}
        assert secure == {"emrDatabases", "alertWebhookUrl"}


def test_azd_deploys_to_the_app_of_the_template_what_the_package_holds(
    infra: Mapping[str, Any], repo_root: Path
) -> None:
    azure = yaml.safe_load((repo_root / "azure.yaml").read_text())
    tags = infra["function-app"]["resources"]["app"]["config"]["tags"]
    assert set(azure["services"]) == {value for name, value in tags.items() if "azd-service-name" in name}
    lines = (repo_root / ".funcignore").read_text().splitlines()
    assert {line.removeprefix("!/") for line in lines if line.startswith("!")} == set(DEPLOYED)
    assert {f"/{name}" for name in LEFT_OUT} <= set(lines)


def variable(template: Mapping[str, Any], name: str) -> Any:
    return template["variables"][name]["value"]


def resources(infra: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    """Properties of the resources of a type that the templates make."""
    for template in infra.values():
        for resource in template["resources"].values():
            if resource["type"] == kind and not resource["existing"]:
                yield resource["config"]["properties"]


def python_files(repo_root: Path, place: str) -> list[Path]:
    root = repo_root / place
    return [root] if root.is_file() else [path for path in sorted(root.rglob("*.py")) if "testing" not in path.parts]


def roles_needed(repo_root: Path) -> dict[str, str]:
    """The weaker of the two roles that is enough for what the flows do with each container."""
    texts = [path.read_text() for path in python_files(repo_root, "shared")]
    constants = dict(pair for text in texts for pair in re.findall(r'^([A-Z]+) = "([a-z]+)"$', text, re.MULTILINE))
    containers = {name: value for name, value in constants.items() if value in storage.CONTAINERS}
    needed: dict[str, str] = {}
    for path in python_files(repo_root, "shared/flows"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for container, is_written in uses(function, containers):
                    known = needed.get(container, READER)
                    needed[container] = CONTRIBUTOR if is_written else known
    return needed


def uses(function: ast.FunctionDef, containers: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Containers that a function passes to the file store, and whether it writes there. A loop's variable stands for
    every container that the function names."""
    named = [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and node.id in containers]
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and is_file_store(call.func.value):
            method = call.func.attr
            argument = call.args[1] if method == "archive" else call.args[0]
            assert isinstance(argument, ast.Name), "a container is named by a constant"
            assert method in READING | WRITING
            for name in [argument.id] if argument.id in containers else named:
                yield containers[name], method in WRITING


def is_file_store(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "files"
