"""Who asks is believed of nobody but App Service's own authentication."""

import json
from pathlib import Path
from types import SimpleNamespace

import azure.functions as func
import pytest

from functions import headers_of as module
from functions.headers_of import headers_of
from shared.settings import Settings

SAMPLE = json.loads((Path(__file__).parents[3] / "local.settings.sample.json").read_text())["Values"]
NAMED = {"x-ms-client-principal-id": "ann", "Idempotency-Key": "k1", "Content-Type": "application/json"}


def asked(monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], **env: str) -> tuple[str, str, str]:
    settings = Settings.from_env({**SAMPLE, **env})
    monkeypatch.setattr(module, "services", lambda: SimpleNamespace(settings=settings))
    return headers_of(func.HttpRequest("POST", "/api/reprocess", headers=headers, body=b""))


def test_where_nobody_authenticates_a_callers_word_on_who_they_are_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert asked(monkeypatch, NAMED) == ("application/json", "function_key", "k1")


def test_the_principal_is_named_where_app_service_authenticates(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, NAMED, WEBSITE_AUTH_ENABLED="True") == ("application/json", "ann", "k1")
    assert asked(monkeypatch, {}, WEBSITE_AUTH_ENABLED="True") == ("", "function_key", "")
