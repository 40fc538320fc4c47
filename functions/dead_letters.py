"""HTTP GET, POST → drain_dead_letters."""

import azure.functions as func

from functions.answer import answer
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("get_dead_letters")
@blueprint.route("dead-letters", methods=["GET"])
def get_dead_letters(req: func.HttpRequest) -> func.HttpResponse:
    """What was put aside."""
    from shared.flows.drain_dead_letters import list_dead_letters

    return answer(lambda: list_dead_letters(services(), req.params))


@blueprint.function_name("post_drain")
@blueprint.route("dead-letters/drain", methods=["POST"])
def post_drain(req: func.HttpRequest) -> func.HttpResponse:
    """Sends again or drops; a dry run only counts."""
    from shared.flows.drain_dead_letters import drain_dead_letters
    from shared.pipeline.read_drain import read_drain

    return answer(lambda: drain_dead_letters(services(), read_drain(req.get_body())))
