"""Timer → refresh_codes."""

import azure.functions as func

from functions.without_text import without_text
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("refresh_codes")
@blueprint.timer_trigger(arg_name="timer", schedule="%RCM_SCHEDULE_REFRESH_CODES%", run_on_startup=False)
@without_text()
def every_code_refresh(timer: func.TimerRequest) -> None:
    """Each tick catches up on whatever is due."""
    from shared.flows.refresh_codes import refresh_codes

    refresh_codes(services())
