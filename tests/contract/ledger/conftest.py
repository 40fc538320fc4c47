"""The ledgers under test."""

from uuid import uuid4

import pytest

from shared.adapters.azure_table import AzureTableLedger
from shared.ports import Ledger
from shared.settings import Endpoint
from shared.testing.fake_ledger import FakeLedger


@pytest.fixture(params=["fake", pytest.param("azurite", marks=pytest.mark.integration)])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "fake":
        return FakeLedger()
    settings = request.getfixturevalue("storage_and_bus").settings
    return AzureTableLedger(Endpoint(settings["RCM_STORAGE"], ""))


@pytest.fixture
def partition() -> str:
    """A partition of this test's own."""
    return uuid4().hex
