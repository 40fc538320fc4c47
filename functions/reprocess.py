"""HTTP POST reprocess, withdraw → flows.reprocess."""

import azure.functions as func

from functions.answer import answer
from functions.headers_of import headers_of
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("post_reprocess")
@blueprint.route("reprocess", methods=["POST"])
def post_reprocess(req: func.HttpRequest) -> func.HttpResponse:
    """202 with a status URL; a dry run only counts: 200."""
    return _post(req, "reprocess")


@blueprint.function_name("post_withdraw")
@blueprint.route("withdraw", methods=["POST"])
def post_withdraw(req: func.HttpRequest) -> func.HttpResponse:
    """202 with a status URL; a dry run only counts: 200."""
    return _post(req, "withdraw")


def _post(req: func.HttpRequest, kind: str) -> func.HttpResponse:
    from shared.flows.take_request import take_request

    return answer(lambda: take_request(services(), kind, req.get_body(), *headers_of(req)))
