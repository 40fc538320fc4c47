"""Event Grid BlobCreated in landing → register."""

import azure.functions as func

from functions.without_text import without_text
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("register")
@blueprint.event_grid_trigger(arg_name="event")
@without_text()
def on_blob_created(event: func.EventGridEvent) -> None:
    """Takes the event as a hint. Raises only what Event Grid shall deliver again."""
    from shared.flows.register import register
    from shared.pipeline.read_event import read_event

    hint = read_event(event.event_type, event.subject, event.get_json())
    if hint:
        register(services(), hint)
