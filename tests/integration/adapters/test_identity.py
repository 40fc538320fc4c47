"""Adapters with the app's identity in place of a secret."""

from dataclasses import replace
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from shared.adapters import databricks_access
from shared.adapters.azure_blob import AzureBlobStore
from shared.adapters.azure_service_bus import ServiceBusSender
from shared.adapters.azure_table import AzureTableLedger
from shared.adapters.databricks_jobs import DatabricksJobs
from shared.errors import TransientError
from shared.settings import Endpoint, Settings

pytestmark = [pytest.mark.integration, pytest.mark.slow]


class Credential:
    """Gives one token and writes down what it was asked for."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.scopes: list[str] = []

    def get_token(self, *scopes: str) -> AccessToken:
        self.scopes += scopes
        return AccessToken(self.token, 2**31)


@pytest.fixture
def credential(workspace_ready: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Credential:
    made = Credential(workspace_ready["token"])
    monkeypatch.setattr(databricks_access, "credential", lambda: made)
    return made


def test_databricks_takes_a_token_of_the_identity(credential: Credential, workspace_settings: Settings) -> None:
    jobs = DatabricksJobs(replace(workspace_settings, databricks_token=""))
    assert jobs.start("say", "identity", {}) > 0
    assert set(credential.scopes) == {databricks_access.DATABRICKS_SCOPE}


def test_an_identity_without_a_token_is_worth_another_try(
    workspace_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Credential:
        raise ClientAuthenticationError("tenant 4711 says no")

    monkeypatch.setattr(databricks_access, "credential", refuse)
    with pytest.raises(TransientError) as raised:
        DatabricksJobs(replace(workspace_settings, databricks_token="")).start("say", "identity", {})
    assert (raised.value.code, "4711" in str(raised.value)) == ("databricks_forbidden", False)


@pytest.mark.parametrize("adapter", [AzureBlobStore, AzureTableLedger, ServiceBusSender])
def test_an_adapter_is_made_of_a_name_alone_without_asking_anybody(adapter: Any) -> None:
    adapter(Endpoint("", "name"))
