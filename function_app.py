"""The one function app: each blueprint of `functions/` is registered here, by name, and nothing else happens."""

import azure.functions as func

from functions import (
    anchor_audit,
    dead_letters,
    extract_emr,
    ingest,
    periods,
    persons,
    reconcile,
    refresh_codes,
    register,
    report_status,
    reprocess,
    run_databricks,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

timers = (refresh_codes, extract_emr, reconcile, anchor_audit)
for module in (register, ingest, run_databricks, *timers, reprocess, periods, persons, dead_letters, report_status):
    app.register_functions(module.blueprint)
