"""One form for every HTTP answer: JSON, and refusals with a stable code."""

import json
from collections.abc import Callable, Mapping

import azure.functions as func

from functions.without_text import without_text
from shared.errors import PermanentError, RequestRefusedError, TransientError

JSON = "application/json"
LATER = {"Retry-After": "30"}


@without_text()
def answer(work: Callable[[], Mapping[str, object]]) -> func.HttpResponse:
    """What `work` says (202 where it names a `status_url` to ask later), or why not: 4xx with a code for a refusal, 503
    when a service behind is not there, 500 for what is wrong until somebody mends it (a setting, a metadata file)."""
    try:
        said = work()
        return _response(said, 202 if "status_url" in said else 200)
    except RequestRefusedError as refusal:
        told = {"error": refusal.code, "text": str(refusal), **refusal.details}
        return _response(told, refusal.status, LATER if refusal.status == 429 else None)
    except TransientError as fault:
        return _response({"error": fault.code}, 503, LATER)
    except PermanentError as fault:
        return _response({"error": fault.code, "text": str(fault)}, 500)


def _response(said: object, status: int, headers: dict[str, str] | None = None) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(said), status_code=status, headers=headers, mimetype=JSON)
