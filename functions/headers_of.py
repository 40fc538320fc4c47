"""What the headers of a request say."""

import azure.functions as func

from shared.bootstrap import services

NOBODY_NAMED = "function_key"


def headers_of(request: func.HttpRequest) -> tuple[str, str, str]:
    """Content type, who asks, idempotency key; "" for what is not said.

    Who asks is the principal that App Service's authentication put in front. Where that is off, anybody could have
    written the header: then it is whoever holds a function key.
    """
    headers = request.headers
    principal = headers.get("x-ms-client-principal-id", "") if services().settings.is_authenticated else ""
    return headers.get("Content-Type", ""), principal or NOBODY_NAMED, headers.get("Idempotency-Key", "")
