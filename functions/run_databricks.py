"""Service Bus `databricks-run-requests` → run_databricks: start, follow, finish."""

import azure.functions as func

from functions.trace_of import trace_of
from functions.without_text import without_text
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("run_databricks")
@blueprint.service_bus_queue_trigger(
    arg_name="message", queue_name="%RCM_QUEUE_DATABRICKS_RUN_REQUESTS%", connection="RCM_SERVICE_BUS"
)
@without_text()
def on_databricks_run_requested(message: func.ServiceBusMessage) -> None:
    """Returns when the message is done with for good, raises when it shall come again."""
    from shared.flows.take_message import take_run_request

    take_run_request(services(), message.get_body(), message.message_id, trace_of(message))
