"""Puts the host together: index, check, listen on every trigger, stop in order."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from local.host.admin import AdminRoutes
from local.host.app_settings import AppSettings
from local.host.check_app import check_app
from local.host.event_grid.blob_events import event_input
from local.host.event_grid.delivered import Delivered
from local.host.event_grid.delivery import Delivery
from local.host.event_grid.landing import Landing
from local.host.event_grid.subscription import Subscription
from local.host.event_grid.switches import SwitchBoard
from local.host.function import IndexedFunction
from local.host.host_json import HostLimits
from local.host.http_server import HttpFunctions, listen
from local.host.invocations import Invocations
from local.host.schedule import Schedule
from local.host.service_bus_input import text_input
from local.host.service_bus_queue import QueueListener
from local.host.stopping import Stopping
from local.host.timer import ScheduleStatus, Timer, timer_input
from local.host.worker import index_app

logger = logging.getLogger(__name__)

BY_HAND = {
    "timerTrigger": lambda _text: timer_input(ScheduleStatus(), past_due=False),
    "serviceBusTrigger": text_input,
    "eventGridTrigger": event_input,
}


@dataclass(frozen=True, slots=True)
class Host:
    """Everything a listener may need, for one app."""

    functions: Sequence[IndexedFunction]
    settings: AppSettings
    limits: HostLimits
    state_directory: Path
    invocations: Invocations
    board: SwitchBoard
    stopping: Stopping

    def listeners(self) -> list[asyncio.Task[None]]:
        """Starts listening on every trigger that is not HTTP, but for disabled functions."""
        loops = [self._queue(function).listen() for function in self._enabled("serviceBusTrigger")]
        loops += [self._timer(function).listen() for function in self._enabled("timerTrigger")]
        told = self._enabled("eventGridTrigger")
        loops += [self._subscription(told).listen()] if told else []
        return [asyncio.create_task(loop) for loop in loops]

    def application(self) -> web.Application:
        """The HTTP side."""
        options = self.settings.options
        application = web.Application(client_max_size=options.max_request_bytes)
        AdminRoutes(self.functions, BY_HAND, self.invocations, self.board, options).add_to(application)
        answering = self._enabled("httpTrigger")
        respond = HttpFunctions(answering, self.limits.route_prefix, self.invocations, options).respond
        application.router.add_route("*", "/{path:.*}", respond)
        return application

    def _enabled(self, trigger_type: str) -> list[IndexedFunction]:
        of_type = [function for function in self.functions if function.trigger_type == trigger_type]
        return [function for function in of_type if not self.settings.is_disabled(function.name)]

    def _queue(self, function: IndexedFunction) -> QueueListener:
        connection = self.settings.connection(self.settings.resolve(function.trigger["connection"]))
        queue = self.settings.resolve(function.trigger["queueName"])
        return QueueListener(function, queue, connection, self.limits, self.invocations, self.stopping)

    def _timer(self, function: IndexedFunction) -> Timer:
        schedule = Schedule(self.settings.resolve(function.trigger["schedule"]))
        return Timer(function, schedule, self.invocations, self.state_directory, self.stopping)

    def _subscription(self, functions: Sequence[IndexedFunction]) -> Subscription:
        options = self.settings.options.event_grid
        landing = Landing(self.settings.values[options.connection], options.container)
        delivered = Delivered(self.state_directory / "event-grid.sqlite")
        delivery = Delivery(self.invocations, self.board, options, self.stopping)
        return Subscription(functions, landing, delivered, delivery, self.board, options, self.stopping)


async def open_host(app_directory: Path, settings: AppSettings, state_directory: Path) -> Host:
    """Sets the environment, indexes and checks the app. HostError says why it cannot be served."""
    limits = HostLimits.from_app(app_directory)
    os.environ.update(settings.values)
    functions = await index_app(app_directory)
    check_app(functions, settings, limits.route_prefix)
    invocations = Invocations(limits.function_timeout)
    return Host(functions, settings, limits, state_directory, invocations, SwitchBoard(), Stopping())


async def serve(host: Host, port: int, ready: Callable[[int], None], stop_asked: threading.Event) -> bool:
    """Listens until asked to stop. True if all that ran could end within the grace period; False if something did not.

    A listener that fails ends the host with its error: a host that is deaf on one trigger must not look well.
    """
    runner, actual_port = await listen(host.application(), port)
    listeners = host.listeners()
    ready(actual_port)
    logger.info("listening", extra={"fields": {"port": actual_port, "functions": len(host.functions)}})
    asked = asyncio.create_task(asyncio.to_thread(stop_asked.wait))
    ended, _ = await asyncio.wait({asked, *listeners}, return_when=asyncio.FIRST_COMPLETED)
    host.stopping.ask()
    stop_asked.set()
    for failed in ended:
        failed.result()
    return await _stop(host, runner, listeners)


async def _stop(host: Host, runner: web.AppRunner, listeners: Sequence[asyncio.Task[None]]) -> bool:
    logger.info("stopping", extra={"fields": {"running": host.invocations.running_count}})
    try:
        async with asyncio.timeout(host.settings.options.stop_grace_seconds):
            for site in list(runner.sites):
                await site.stop()
            await asyncio.gather(host.invocations.drain(), *listeners)
            await runner.cleanup()
    except TimeoutError:
        logger.warning("stopped while calls ran", extra={"fields": {"running": host.invocations.running_count}})
        return False
    return True
