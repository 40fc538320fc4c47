"""Timer → anchor_audit; HTTP GET → verify_audit."""

import azure.functions as func

from functions.answer import answer
from functions.without_text import without_text
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("anchor_audit")
@blueprint.timer_trigger(arg_name="timer", schedule="%RCM_SCHEDULE_ANCHOR_AUDIT%", run_on_startup=False)
@without_text()
def every_hour(timer: func.TimerRequest) -> None:
    """A tick that was missed is made up for by the next."""
    from shared.flows.anchor_audit import anchor_audit

    anchor_audit(services())


@blueprint.function_name("verify_audit")
@blueprint.route("audit/verify", methods=["GET"])
def get_audit_verification(req: func.HttpRequest) -> func.HttpResponse:
    """Recomputes the chains of a day or of a file version now."""
    from shared.flows.verify_audit import report_audit

    return answer(lambda: report_audit(services(), req.params))
