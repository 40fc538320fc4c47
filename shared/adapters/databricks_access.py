"""How the Databricks workspace is reached and what its errors mean."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests
from azure.core.exceptions import AzureError
from databricks.sdk import WorkspaceClient
from databricks.sdk.clock import Clock
from databricks.sdk.core import Config
from databricks.sdk.credentials_provider import CredentialsStrategy
from databricks.sdk.errors import (
    BadRequest,
    NotFound,
    PermissionDenied,
    ResourceConflict,
    TemporarilyUnavailable,
    TooManyRequests,
    Unauthenticated,
)
from databricks.sdk.errors.base import DatabricksError

from shared.adapters.azure_access import credential, translate
from shared.errors import ConfigurationError, PermanentError, RcmError, ThrottledError, TransientError

DATABRICKS_SCOPE = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default"  # Azure Databricks, in every tenant
HTTP_SECONDS = 20.0
RETRY_SECONDS = 5
LONGEST_SLEEP_SECONDS = 3.0


class Patience(Clock):
    """The SDK's clock: sleeps shortly between its tries; a longer wait is for the caller to schedule, not to sleep."""

    def time(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > LONGEST_SLEEP_SECONDS:
            raise ThrottledError("databricks_busy", retry_after=seconds)
        time.sleep(seconds)


class AppIdentity(CredentialsStrategy):
    """Entra ID tokens of the app's own identity."""

    def auth_type(self) -> str:
        return "app-identity"

    def __call__(self, _: Config) -> Callable[[], dict[str, str]]:
        return lambda: {"Authorization": f"Bearer {credential().get_token(DATABRICKS_SCOPE).token}"}


def connect(host: str, token: str) -> WorkspaceClient:
    """A client with a token (local) or the app's identity. It asks the host for its configuration at once."""
    access = {"token": token} if token else {"credentials_strategy": AppIdentity()}
    config = Config(
        host=host,
        http_timeout_seconds=HTTP_SECONDS,
        retry_timeout_seconds=RETRY_SECONDS,
        clock=Patience(),
        **access,
    )
    return WorkspaceClient(config=config)


@contextmanager
def translated() -> Iterator[None]:
    """Turns the SDK's errors into ours, without their text: it may quote parameters."""
    try:
        yield
    except (DatabricksError, requests.RequestException, TimeoutError) as error:
        raise _translate(error) from None
    except AzureError as error:  # no token of the app's identity, or none yet
        raise translate(error, "databricks") from None
    except ValueError as error:  # the SDK's word for a host or login it can't use
        raise ConfigurationError("databricks_access", type(error).__name__) from None


def _translate(error: Exception) -> RcmError:
    if isinstance(error, TimeoutError) and isinstance(error.__cause__, DatabricksError):
        error = error.__cause__
    said = f"{type(error).__name__} {getattr(error, 'error_code', None) or ''}".strip()
    if isinstance(error, (TooManyRequests, TemporarilyUnavailable)):
        return ThrottledError("databricks_busy", said, error.retry_after_secs)
    if isinstance(error, (Unauthenticated, PermissionDenied)):
        return PermanentError("databricks_forbidden", said)
    if isinstance(error, (BadRequest, NotFound)):
        return PermanentError("databricks_refused", said)
    if isinstance(error, ResourceConflict):
        return TransientError("databricks_conflict", said)
    return TransientError("databricks_unavailable", said)
