"""The worker library in this process: index the app once, invoke its functions.

Indexing is once per process: the library and Python's module cache keep what they imported.
"""

import asyncio
import json
import os
import re
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import azure_functions_runtime as runtime  # type: ignore[import-untyped]

from local.host import protos
from local.host.errors import HostError
from local.host.function import IndexedFunction
from local.host.protos import Message, ParameterBinding, TypedData

FRAME = re.compile(r'^ +File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>.+)$', re.MULTILINE)
FRAMES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class TriggerInput:
    """What a trigger hands to its function: the value, the metadata beside it and the caller's W3C trace parent."""

    value: TypedData
    metadata: Mapping[str, TypedData] = field(default_factory=dict)
    trace_parent: str = ""


class FunctionFailedError(Exception):
    """A function raised. Carries the exception's type and places in the code, never its text: that may quote data."""

    def __init__(self, error_type: str, frames: tuple[str, ...]) -> None:
        super().__init__(error_type)
        self.error_type = error_type
        self.frames = frames


async def index_app(app_directory: Path) -> tuple[IndexedFunction, ...]:
    """Imports `function_app.py` as Azure's worker does and returns its functions. HostError says why it cannot."""
    _enter(app_directory)
    request = Message(capabilities={}, function_app_directory=str(app_directory))
    answer = await runtime.worker_init_request(_envelope("worker_init_request", request))
    if answer.result.status != protos.StatusResult.Success:
        raise HostError(f"the app cannot be indexed: {answer.result.exception.message}")
    listing = await runtime.functions_metadata_request(_envelope("functions_metadata_request", Message()))
    runtime.start_threadpool_executor()
    return tuple(_indexed(metadata) for metadata in listing.function_metadata_results or ())


async def invoke(function: IndexedFunction, trigger: TriggerInput, invocation_id: str) -> TypedData | None:
    """Calls a function and gives its return value. FunctionFailedError for whatever it raised, SystemExit included."""
    runtime.invocation_id_cv.set(invocation_id)  # the library sets it for its pool's threads only
    try:
        answer = await runtime.invocation_request(
            _envelope("invocation_request", _invocation(function, trigger, invocation_id))
        )
    except BaseException as escaped:  # sys.exit() in a function must not stop the host
        if isinstance(escaped, asyncio.CancelledError) and _is_cancelled():
            raise
        raise FunctionFailedError(type(escaped).__name__, ()) from None
    if answer.result.status != protos.StatusResult.Success:
        raise _failure(answer.result.exception)
    value = answer.return_value
    return value if isinstance(value, TypedData) else None


def current_invocation_id() -> str | None:
    """The invocation that the caller works for, in whichever thread; None outside one."""
    invocation_id: str | None = runtime.invocation_id_cv.get()
    return invocation_id


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _enter(app_directory: Path) -> None:
    """Azure searches installed packages before the app, and the app's folder is the working directory."""
    started_in = {"", str(Path.cwd()), str(app_directory)}
    sys.path[:] = [entry for entry in sys.path if entry not in started_in] + [str(app_directory)]
    os.chdir(app_directory)


def _envelope(name: str, request: Message) -> Message:
    return Message(request=Message(**{name: request}), properties={"host": "127.0.0.1", "protos": protos})


def _indexed(metadata: Message) -> IndexedFunction:
    bindings = [json.loads(binding) for binding in metadata.raw_bindings]
    return IndexedFunction.from_bindings(
        metadata.name, metadata.function_id, bindings, has_retry_policy=metadata.retry_options is not None
    )


def _invocation(function: IndexedFunction, trigger: TriggerInput, invocation_id: str) -> Message:
    return Message(
        invocation_id=invocation_id,
        function_id=function.function_id,
        input_data=[ParameterBinding(name=function.trigger_parameter, data=trigger.value)],
        trigger_metadata=trigger.metadata,
        trace_context=Message(trace_parent=trigger.trace_parent or _root_trace_parent(), trace_state="", attributes={}),
        retry_context=Message(retry_count=0, max_retry_count=0, exception=None),
    )


def _root_trace_parent() -> str:
    return f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01"


def _failure(exception: Message) -> FunctionFailedError:
    found = FRAME.finditer(exception.stack_trace)
    frames = [f"{Path(frame['file']).name}:{frame['line']} {frame['name']}" for frame in found]
    return FunctionFailedError(exception.message.partition(":")[0], tuple(frames[-FRAMES_SHOWN:]))
