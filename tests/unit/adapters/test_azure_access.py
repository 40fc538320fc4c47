"""What the errors of Azure's SDKs mean for us."""

from types import SimpleNamespace

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from shared.adapters.azure_access import translate, translated
from shared.errors import ConfigurationError, PermanentError, RcmError, ThrottledError, TransientError

SECRET_PATH = "https://account.blob.core.windows.net/landing/smith_1937-06-04.csv"


def answered(
    status: int, code: str = "", kind: type[HttpResponseError] = HttpResponseError, retry_after: str = ""
) -> AzureError:
    headers = {"Retry-After": retry_after}
    response = SimpleNamespace(status_code=status, reason=SECRET_PATH, headers=headers, request=SECRET_PATH)
    error = kind(SECRET_PATH, response)
    error.error_code = code  # type: ignore[attr-defined]  # set by the service's own SDK
    return error


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (ServiceRequestError(SECRET_PATH), TransientError, "storage_unavailable"),
        (ServiceResponseError(SECRET_PATH), TransientError, "storage_unavailable"),
        (ClientAuthenticationError(SECRET_PATH), TransientError, "storage_forbidden"),
        (answered(403, "AuthorizationFailure"), TransientError, "storage_forbidden"),
        (answered(408), TransientError, "storage_unavailable"),
        (answered(500, "InternalError"), TransientError, "storage_unavailable"),
        (answered(502), TransientError, "storage_unavailable"),
        (answered(429), ThrottledError, "storage_busy"),
        (answered(503, "ServerBusy"), ThrottledError, "storage_busy"),
        (answered(404, "ContainerNotFound", ResourceNotFoundError), ConfigurationError, "storage_missing"),
        (answered(404, "TableNotFound", ResourceNotFoundError), ConfigurationError, "storage_missing"),
        (answered(400, "InvalidInput"), PermanentError, "storage_refused"),
        (answered(409, "BlobImmutableDueToPolicy"), PermanentError, "storage_refused"),
    ],
)
def test_an_error_says_what_to_do_next_and_nothing_of_the_path(
    error: AzureError, kind: type[RcmError], code: str
) -> None:
    ours = translate(error, "storage")
    assert type(ours) is kind
    assert ours.code == code
    assert "smith" not in str(ours)


def test_a_busy_service_is_believed_about_its_patience() -> None:
    patient = translate(answered(503, retry_after="7"), "storage")
    hasty = translate(answered(503, retry_after="soon"), "storage")
    assert isinstance(patient, ThrottledError)
    assert isinstance(hasty, ThrottledError)
    assert (patient.retry_after, hasty.retry_after) == (7.0, None)


def test_an_error_of_the_sdk_does_not_travel_along_as_a_cause() -> None:
    with pytest.raises(TransientError) as raised, translated("storage"):
        raise ServiceRequestError(SECRET_PATH)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
