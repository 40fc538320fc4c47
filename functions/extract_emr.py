"""Timer → extract_emr."""

import azure.functions as func

from functions.without_text import without_text
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("extract_emr")
@blueprint.timer_trigger(arg_name="timer", schedule="%RCM_SCHEDULE_EXTRACT_EMR%", run_on_startup=False)
@without_text()
def every_emr_extract(timer: func.TimerRequest) -> None:
    """Each tick catches up on whatever is due."""
    from shared.flows.extract_emr import extract_emr

    extract_emr(services())
