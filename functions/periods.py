"""HTTP GET, POST: accounting periods → flows.report_periods, flows.close_period."""

import azure.functions as func

from functions.answer import answer
from functions.headers_of import headers_of
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("get_periods")
@blueprint.route("periods", methods=["GET"])
def get_periods(req: func.HttpRequest) -> func.HttpResponse:
    """How every period stands."""
    from shared.flows.report_periods import list_periods

    return answer(lambda: list_periods(services(), req.params))


@blueprint.function_name("get_period")
@blueprint.route("periods/{hospital}/{period}", methods=["GET"])
def get_period(req: func.HttpRequest) -> func.HttpResponse:
    """One period with its tie-out and figures."""
    from shared.flows.report_periods import show_period

    return answer(lambda: show_period(services(), req.route_params["hospital"], req.route_params["period"]))


@blueprint.function_name("post_close")
@blueprint.route("periods/{hospital}/{period}/close", methods=["POST"])
def post_close(req: func.HttpRequest) -> func.HttpResponse:
    """Signs a period: 200 with how it stands, 409 with the differences."""
    from shared.flows.close_period import close_period

    name = req.route_params["hospital"], req.route_params["period"]
    return answer(lambda: close_period(services(), *name, req.get_body(), *headers_of(req)))
