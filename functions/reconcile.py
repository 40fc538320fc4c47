"""Timer → reconcile."""

import azure.functions as func

from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("reconcile")
@blueprint.timer_trigger(arg_name="timer", schedule="%RCM_SCHEDULE_RECONCILE%", run_on_startup=False)
def every_reconciliation(timer: func.TimerRequest) -> None:
    """Each tick compares all of it; none depends on the tick before."""
    from shared.flows.reconcile import reconcile

    reconcile(services())
