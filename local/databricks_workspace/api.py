"""Jobs REST 2.2 over HTTP, as the unmodified `databricks-sdk` calls it, and two admin routes for tests."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from local.databricks_workspace.answers import job_answer, output_answer, run_answer
from local.databricks_workspace.bundle import Job
from local.databricks_workspace.conductor import Conductor, RunRefusedError
from local.databricks_workspace.faults import Faults, parse_fault
from local.databricks_workspace.run_store import RunStore
from local.databricks_workspace.runs import Run

MOST_TOKEN_CHARACTERS = 64
MOST_PARAMETER_BYTES = 10_000
MOST_JOBS_PER_PAGE, MOST_RUNS_PER_PAGE, DEFAULT_PER_PAGE = 100, 25, 20

type Answer = Awaitable[web.StreamResponse]


class RequestError(Exception):
    """A request that Databricks would refuse, with its error code."""

    def __init__(self, message: str, error_code: str = "INVALID_PARAMETER_VALUE", status: int = 400) -> None:
        super().__init__(message)
        self.body = {"error_code": error_code, "message": message}
        self.status = status


class JobsApi:
    """The handlers. Every answer but the discovery document needs the bearer token."""

    def __init__(self, jobs: Mapping[int, Job], store: RunStore, conductor: Conductor, token: str) -> None:
        self._jobs = jobs
        self._store = store
        self._conductor = conductor
        self._token = token
        self._faults = Faults()

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._refuse_politely, self._authenticate, self._strike])
        application.router.add_get("/.well-known/databricks-config", self._discovery)
        for prefix in ("/api/2.1/jobs", "/api/2.2/jobs"):
            application.router.add_post(f"{prefix}/run-now", self._run_now)
            application.router.add_get(f"{prefix}/runs/get", self._get_run)
            application.router.add_get(f"{prefix}/runs/get-output", self._get_output)
            application.router.add_get(f"{prefix}/runs/list", self._list_runs)
            application.router.add_post(f"{prefix}/runs/cancel", self._cancel)
            application.router.add_post(f"{prefix}/runs/delete", self._delete)
            application.router.add_get(f"{prefix}/get", self._get_job)
            application.router.add_get(f"{prefix}/list", self._list_jobs)
        application.router.add_post("/admin/faults", self._plan_fault)
        application.router.add_delete("/admin/faults", self._clear_faults)
        application.router.add_get("/admin/worker", self._describe_worker)
        return application

    @web.middleware
    async def _refuse_politely(
        self, request: web.Request, handler: Callable[[web.Request], Answer]
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except RequestError as refused:
            return web.json_response(refused.body, status=refused.status)

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Callable[[web.Request], Answer]) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        is_open = request.path == "/.well-known/databricks-config"
        if not is_open and not hmac.compare_digest(given.encode(), self._token.encode()):
            raise RequestError("the bearer token is not valid", "UNAUTHENTICATED", 401)
        return await handler(request)

    @web.middleware
    async def _strike(self, request: web.Request, handler: Callable[[web.Request], Answer]) -> web.StreamResponse:
        fault = self._faults.strike(request.path)
        if fault and fault.phase == "before":
            return web.json_response(fault.body, status=fault.status, headers=fault.headers)
        answer = await handler(request)
        if fault:
            return web.json_response(fault.body, status=fault.status, headers=fault.headers)
        return answer

    async def _discovery(self, request: web.Request) -> web.Response:
        oidc = f"{_address(request)}/oidc"
        return web.json_response({"cloud": "Azure", "workspace_id": "1", "account_id": "local", "oidc_endpoint": oidc})

    async def _run_now(self, request: web.Request) -> web.Response:
        body = await _body(request)
        job = self._job(body.get("job_id"))
        token = body.get("idempotency_token") or None
        if token and len(token) > MOST_TOKEN_CHARACTERS:
            raise RequestError(f"idempotency_token is longer than {MOST_TOKEN_CHARACTERS} characters")
        parameters = _parameters(job, body.get("job_parameters") or {})
        try:
            run = self._conductor.run_now(job, token, parameters)
        except RunRefusedError as refused:
            raise RequestError(str(refused)) from None
        return web.json_response({"run_id": run.run_id, "number_in_job": run.number_in_job})

    async def _get_run(self, request: web.Request) -> web.Response:
        return web.json_response(self._run_answer(request, self._run(request.query.get("run_id"))))

    async def _get_output(self, request: web.Request) -> web.Response:
        run_id = _number(request.query.get("run_id"), "run_id")
        run = self._run(run_id)
        task = next((task for task in run.tasks if task.run_id == run_id), None)
        if task is None:
            raise RequestError("Retrieving the output of runs with multiple tasks is not supported. Name a task run.")
        return web.json_response(output_answer(run, task, self._jobs[run.job_id], _address(request)))

    async def _list_runs(self, request: web.Request) -> web.Response:
        query = request.query
        limit = _limit(query.get("limit"), MOST_RUNS_PER_PAGE)
        job_id = _number(query["job_id"], "job_id") if "job_id" in query else None
        is_over = _one_or_other(query.get("active_only") == "true", query.get("completed_only") == "true")
        before = _number(query.get("page_token") or "0", "page_token")
        runs = self._store.page(before, limit + 1, job_id, is_over)
        shown = [self._run_answer(request, run) for run in runs[:limit]]
        if query.get("expand_tasks") != "true":
            shown = [{name: value for name, value in run.items() if name != "tasks"} for run in shown]
        has_more = len(runs) > limit
        page = {"next_page_token": str(runs[limit - 1].run_id)} if has_more else {}
        return web.json_response({"runs": shown, "has_more": has_more, **page})

    async def _cancel(self, request: web.Request) -> web.Response:
        self._conductor.cancel(self._run((await _body(request)).get("run_id")).run_id)
        return web.json_response({})

    async def _delete(self, request: web.Request) -> web.Response:
        run = self._run((await _body(request)).get("run_id"))
        if not run.state.is_over:
            raise RequestError("Cannot delete an active run. Cancel it first.", "INVALID_STATE")
        self._store.delete(run.run_id)
        return web.json_response({})

    async def _get_job(self, request: web.Request) -> web.Response:
        return web.json_response(job_answer(self._job(request.query.get("job_id"))))

    async def _list_jobs(self, request: web.Request) -> web.Response:
        limit = _limit(request.query.get("limit"), MOST_JOBS_PER_PAGE)
        start = _number(request.query.get("page_token") or "0", "page_token")
        name = request.query.get("name", "").lower()
        jobs = [job for job in self._jobs.values() if not name or job.name.lower() == name]
        has_more = len(jobs) > start + limit
        page = {"next_page_token": str(start + limit)} if has_more else {}
        shown = [job_answer(job) for job in jobs[start : start + limit]]
        return web.json_response({"jobs": shown, "has_more": has_more, **page})

    async def _plan_fault(self, request: web.Request) -> web.Response:
        try:
            self._faults.plan(*parse_fault(await _body(request)))
        except ValueError as refused:
            raise RequestError(str(refused)) from None
        return web.json_response({})

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self._faults.clear()
        return web.json_response({})

    async def _describe_worker(self, _: web.Request) -> web.Response:
        return web.json_response({"pid": self._conductor.worker_pid})

    def _job(self, job_id: object) -> Job:
        job = self._jobs.get(_number(job_id, "job_id"))
        if job is None:
            raise RequestError(f"Job {job_id} does not exist.")
        return job

    def _run(self, run_id: object) -> Run:
        run = self._store.get(_number(run_id, "run_id"))
        if run is None or run.job_id not in self._jobs:
            raise RequestError(f"Run {run_id} does not exist.")
        return run

    def _run_answer(self, request: web.Request, run: Run) -> dict[str, Any]:
        return run_answer(run, self._jobs[run.job_id], _address(request))


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RequestError("the body is not a JSON object", "MALFORMED_REQUEST")
    return body


def _parameters(job: Job, given: Mapping[str, Any]) -> dict[str, str]:
    unknown = given.keys() - job.parameters.keys()
    if unknown:
        raise RequestError(f"Job {job.job_id} has no parameters {', '.join(sorted(unknown))}.")
    if any(not isinstance(value, str) for value in given.values()):
        raise RequestError("The value of a job parameter is a string.")
    if sum(len(name.encode()) + len(value.encode()) for name, value in given.items()) > MOST_PARAMETER_BYTES:
        raise RequestError(f"The job parameters are longer than {MOST_PARAMETER_BYTES} bytes.")
    return {**job.parameters, **given}


def _number(value: object, name: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise RequestError(f"{name} is missing or not a number") from None


def _limit(value: str | None, most: int) -> int:
    limit = _number(value or DEFAULT_PER_PAGE, "limit")
    if not 0 < limit <= most:
        raise RequestError(f"limit must be from 1 to {most}")
    return limit


def _one_or_other(active_only: bool, completed_only: bool) -> bool | None:
    if active_only and completed_only:
        raise RequestError("active_only and completed_only exclude each other")
    return completed_only if active_only or completed_only else None


def _address(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"
