"""The worker process: one live Spark session, one task after the other.

Requests and answers are JSON, one a line, on what were standard input and output; those two are then for the log. The
end of the requests ends the process, and with it the Java process of the session.
"""

import importlib
import json
import os
import re
import sys
import threading
import traceback
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

from local.set_up.spark_conf import local_spark_conf

SAFE_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,99}")


def main() -> None:
    parser = ArgumentParser(prog="python -m local.databricks_workspace.worker", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="folder with the packages of the bundle's wheel")
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True, help="where Spark's own output goes")
    parser.add_argument("--without-spark", action="store_true", help="tasks that need no session start at once")
    parser.add_argument("--large-tables", action="store_true", help="Spark for more than some thousand rows")
    options = parser.parse_args()
    requests, answers = _private_channel(options.log)
    session = None if options.without_spark else Session(options.repository, options.large_tables)
    _say(answers, {"ready": True})
    while (request := requests.get()) is not None:
        answer = run_task(request, options.source, session)
        _redirect_output(options.log)
        _say(answers, answer)
        if session and answer["outcome"] == "failed" and not session.is_alive():
            return


class Session:
    """The Spark session that tasks get from `SparkSession.builder.getOrCreate()`, as on Databricks."""

    def __init__(self, repository: Path, large_tables: bool) -> None:
        self._conf = dict(local_spark_conf(repository, large_tables=large_tables))
        self.renew()

    def renew(self) -> None:
        """A session with the settings it began with, also where a task changed them or stopped it."""
        from pyspark.sql import SparkSession

        self._spark = SparkSession.builder.config(map=self._conf).getOrCreate()

    def is_alive(self) -> bool:
        try:
            self._spark.sql("SELECT 1").collect()
        except Exception:  # noqa: BLE001 - a session that can't answer is dead, however it says so
            return False
        return True


def run_task(request: Mapping[str, Any], source: Path, session: Session | None) -> dict[str, str]:
    """Calls the entry point with its arguments in `sys.argv`; how it ended, without a word from its data."""
    _redirect_output(Path(request["log"]))
    print(f"--- {request['task_key']}", flush=True)
    try:
        if session:
            session.renew()
        _forget_modules(source)
        sys.argv = [request["entry_point"], *request["arguments"]]
        module_name, _, function_name = request["target"].partition(":")
        getattr(importlib.import_module(module_name), function_name)()
    except SystemExit as left:
        if left.code not in (None, 0):
            return _failure(left)
    except BaseException as failed:  # noqa: BLE001 - whatever a task does, the worker answers
        traceback.print_exc()
        return _failure(failed)
    return {"outcome": "succeeded"}


def _failure(error: BaseException) -> dict[str, str]:
    """The type of the error and its stable code: never its text, which may quote a record."""
    condition = getattr(error, "getCondition", None)
    code = str(getattr(error, "code", None) or (condition() if callable(condition) else "") or "")
    code = code if SAFE_CODE.fullmatch(code) or code.isdecimal() else ""
    return {"outcome": "failed", "error": type(error).__name__, "code": code}


def _forget_modules(source: Path) -> None:
    """Lets the next import see the bundle's code as it is now, as a new process on Databricks would."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and Path(file).is_relative_to(source):
            del sys.modules[name]
    importlib.invalidate_caches()


def _private_channel(log: Path) -> tuple[SimpleQueue[dict[str, Any] | None], TextIO]:
    """Takes standard input and output for requests and answers, so that nothing a task prints gets between them."""
    incoming, outgoing = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    _redirect_output(log)
    requests: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    threading.Thread(target=_receive, args=(incoming, requests), daemon=True, name="receive").start()
    return requests, outgoing


def _receive(incoming: TextIO, requests: SimpleQueue[dict[str, Any] | None]) -> None:
    for line in incoming:
        requests.put(json.loads(line))
    os._exit(0)  # whoever asked is gone: no task may outlive it


def _say(answers: TextIO, answer: Mapping[str, object]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _redirect_output(log: Path) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


if __name__ == "__main__":
    main()
