"""An app that Azure's host would not serve stops the start with one clear message."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

REPOSITORY = Path(__file__).resolve().parents[3]
TIMER = """
import azure.functions as func
app = func.FunctionApp()
@app.timer_trigger(arg_name="timer", schedule="{schedule}")
def tick(timer: func.TimerRequest) -> None: ...
"""

Refusal = Callable[..., str]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """Starts the host over an app made of one text; returns the last line it prints."""

    def start(source: str | None, **values: str) -> str:
        (tmp_path / "host.json").write_text('{"version": "2.0"}')
        if source is not None:
            (tmp_path / "function_app.py").write_text(source)
        settings = tmp_path / "settings.json"
        settings.write_text(json.dumps({"IsEncrypted": False, "Values": values}))
        command = [sys.executable, "-m", "local.host", "--app", str(tmp_path), "--settings", str(settings)]
        command += ["--state-dir", str(tmp_path / "state")]
        ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=30, check=False)
        assert ended.returncode == 1
        return ended.stderr.splitlines()[-1]

    return start


def test_a_missing_function_app_is_named(refusal: Refusal) -> None:
    assert "no functions" in refusal(None)


def test_an_import_error_is_named(refusal: Refusal) -> None:
    assert "nowhere_to_be_found" in refusal("import nowhere_to_be_found")


def test_a_setting_that_does_not_exist_is_named(refusal: Refusal) -> None:
    assert "%SCHEDULE%" in refusal(TIMER.format(schedule="%SCHEDULE%"))


def test_a_schedule_that_azure_would_not_take_is_named(refusal: Refusal) -> None:
    assert "function tick: 'every day'" in refusal(TIMER.format(schedule="%SCHEDULE%"), SCHEDULE="every day")
