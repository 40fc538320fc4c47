"""Service Bus `ingestion-requests` → ingest."""

import azure.functions as func

from functions.trace_of import trace_of
from functions.without_text import without_text
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("ingest")
@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="%RCM_QUEUE_INGESTION_REQUESTS%", connection="RCM_SERVICE_BUS"
)
@without_text()
def on_ingestion_requested(message: func.ServiceBusMessage) -> None:
    """Returns when the message is done with for good, raises when it shall come again."""
    from shared.flows.take_message import take_ingestion_request

    take_ingestion_request(services(), message.get_body(), message.message_id, trace_of(message))
