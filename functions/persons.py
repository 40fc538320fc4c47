"""HTTP GET, POST: persons and decisions on them → flows.report_persons, flows.decide_match."""

import azure.functions as func

from functions.answer import answer
from functions.headers_of import headers_of
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("get_match_reviews")
@blueprint.route("match-reviews", methods=["GET"])
def get_match_reviews(req: func.HttpRequest) -> func.HttpResponse:
    """Pairs of patients that wait for a person's word."""
    from shared.flows.report_persons import list_reviews

    return answer(lambda: list_reviews(services(), req.params))


@blueprint.function_name("get_person")
@blueprint.route("persons/{person_id}", methods=["GET"])
def get_person(req: func.HttpRequest) -> func.HttpResponse:
    """The patients of a person, now and before."""
    from shared.flows.report_persons import show_person

    return answer(lambda: show_person(services(), req.route_params["person_id"]))


@blueprint.function_name("post_match_decision")
@blueprint.route("match-decisions", methods=["POST"])
def post_match_decision(req: func.HttpRequest) -> func.HttpResponse:
    """202 with the decision's id: it counts with the next run."""
    from shared.flows.decide_match import decide_match

    return answer(lambda: decide_match(services(), req.get_body(), *headers_of(req)))
