"""Worlds that a test may harm."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 20.0

Eventually = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def eventually() -> Eventually:
    """Waits until a condition is truthy and returns what it said."""

    def wait(condition: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not (said := condition()):
            assert time.monotonic() < deadline, "the condition did not come true"
            time.sleep(0.05)
        return said

    return wait


@pytest.fixture
def sample_app() -> Path:
    return Path(__file__).resolve().parents[2] / "fixtures" / "sample_function_app"
