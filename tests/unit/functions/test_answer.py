import json

import pytest

from functions.answer import answer
from shared.errors import ConfigurationError, RcmError, RequestRefusedError, TransientError

REFUSALS = (
    (RequestRefusedError("unknown_source", status=404), 404),
    (RequestRefusedError("too_many_open_requests", status=429), 429),
    (TransientError("table_down"), 503),
    (ConfigurationError("bad_metadata", "sources/x.json: unknown key"), 500),
)


@pytest.mark.parametrize(("fault", "status"), REFUSALS)
def test_every_fault_is_answered_with_its_status_and_code(fault: RcmError, status: int) -> None:
    def work() -> dict[str, object]:
        raise fault

    said = answer(work)
    assert said.status_code == status
    assert json.loads(said.get_body())["error"] == fault.code
    assert ("Retry-After" in said.headers) == (status in (429, 503))


@pytest.mark.parametrize(("said", "status"), [({"n": 1}, 200), ({"n": 1, "status_url": "/api/requests/1"}, 202)])
def test_what_was_asked_for_is_answered_as_json(said: dict[str, object], status: int) -> None:
    answered = answer(lambda: said)
    shown = (answered.status_code, json.loads(answered.get_body()), answered.mimetype)
    assert shown == (status, said, "application/json")
