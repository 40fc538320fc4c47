"""HTTP GET → flows.report_status and its neighbours; health is open to all."""

import azure.functions as func

from functions.answer import answer
from shared.bootstrap import services

blueprint = func.Blueprint()


@blueprint.function_name("get_health")
@blueprint.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
def get_health(req: func.HttpRequest) -> func.HttpResponse:
    """The program stands and its metadata is sound; a wrong metadata file shows here."""
    from shared.flows.check_health import check_health

    return answer(lambda: check_health(services()))


@blueprint.function_name("get_ingestions")
@blueprint.route("ingestions", methods=["GET"])
def get_ingestions(req: func.HttpRequest) -> func.HttpResponse:
    """A page of ingestions."""
    from shared.flows.list_ingestions import list_ingestions
    from shared.pipeline.read_query import read_query

    return answer(lambda: list_ingestions(services(), read_query(req.params)))


@blueprint.function_name("get_ingestion")
@blueprint.route("ingestions/{ingestion_id}", methods=["GET"])
def get_ingestion(req: func.HttpRequest) -> func.HttpResponse:
    """One ingestion's whole story."""
    from shared.flows.report_status import show_ingestion

    return answer(lambda: show_ingestion(services(), req.route_params["ingestion_id"]))


@blueprint.function_name("get_request")
@blueprint.route("requests/{request_id}", methods=["GET"])
def get_request(req: func.HttpRequest) -> func.HttpResponse:
    """How far a request has come."""
    from shared.flows.report_status import show_request

    return answer(lambda: show_request(services(), req.route_params["request_id"]))


@blueprint.function_name("get_databricks_runs")
@blueprint.route("databricks-runs", methods=["GET"])
def get_databricks_runs(req: func.HttpRequest) -> func.HttpResponse:
    """All runs, latest first."""
    from shared.flows.report_status import list_runs

    return answer(lambda: list_runs(services()))


@blueprint.function_name("get_databricks_run")
@blueprint.route("databricks-runs/{databricks_run}", methods=["GET"])
def get_databricks_run(req: func.HttpRequest) -> func.HttpResponse:
    """One run with what its tasks reported."""
    from shared.flows.report_status import show_run

    return answer(lambda: show_run(services(), req.route_params["databricks_run"]))


@blueprint.function_name("get_lineage")
@blueprint.route("lineage", methods=["GET"])
def get_lineage(req: func.HttpRequest) -> func.HttpResponse:
    """Down from `?file_version_id=`, or up from `?table=`."""
    from shared.flows.trace_lineage import trace

    return answer(lambda: trace(services(), req.params))


@blueprint.function_name("get_lineage_events")
@blueprint.route("lineage/events", methods=["GET"])
def get_lineage_events(req: func.HttpRequest) -> func.HttpResponse:
    """A run in OpenLineage's events."""
    from shared.flows.tell_open_lineage import tell_open_lineage

    return answer(lambda: tell_open_lineage(services(), req.params))


@blueprint.function_name("get_sources")
@blueprint.route("sources", methods=["GET"])
def get_sources(req: func.HttpRequest) -> func.HttpResponse:
    """What the metadata says."""
    from shared.flows.report_status import list_sources

    return answer(lambda: list_sources(services()))


@blueprint.function_name("get_kpis")
@blueprint.route("kpis", methods=["GET"])
def get_kpis(req: func.HttpRequest) -> func.HttpResponse:
    """The KPIs of the current edition."""
    from shared.flows.read_published import list_kpis

    return answer(lambda: list_kpis(services(), req.params))


@blueprint.function_name("get_kpi_trace")
@blueprint.route("kpis/trace", methods=["GET"])
def get_kpi_trace(req: func.HttpRequest) -> func.HttpResponse:
    """The rows behind a figure, down to the files' own."""
    from shared.flows.trace_figure import trace_figure

    return answer(lambda: trace_figure(services(), req.params))


@blueprint.function_name("get_file_impact")
@blueprint.route("files/{file_version_id}/impact", methods=["GET"])
def get_file_impact(req: func.HttpRequest) -> func.HttpResponse:
    """The figures that a file moves."""
    from shared.flows.report_impact import show_impact

    return answer(lambda: show_impact(services(), req.route_params["file_version_id"], req.params))


@blueprint.function_name("get_patient_pay")
@blueprint.route("patient-pay", methods=["GET"])
def get_patient_pay(req: func.HttpRequest) -> func.HttpResponse:
    """Why patients pay late or not at all."""
    from shared.flows.read_published import list_patient_pay

    return answer(lambda: list_patient_pay(services(), req.params))


@blueprint.function_name("get_tables")
@blueprint.route("tables", methods=["GET"])
def get_tables(req: func.HttpRequest) -> func.HttpResponse:
    """Row counts of the current edition."""
    from shared.flows.read_published import list_tables

    return answer(lambda: list_tables(services()))
