"""Timer → reconcile."""

import azure.functions as func

from functions.without_text import without_text
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("reconcile")
@blueprint.timer_trigger(arg_name="timer", schedule="%RCM_SCHEDULE_RECONCILE%", run_on_startup=False)
@without_text()
def every_reconciliation(timer: func.TimerRequest) -> None:
    """Each tick compares all of it; none depends on the tick before."""
    from shared.flows.reconcile import reconcile

    reconcile(services())
